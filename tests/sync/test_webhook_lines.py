"""What the log channel says of webhooks: who changed one, and which is paused and why."""

from __future__ import annotations

import pytest

from bot.store.sync.post_table import PostKind, PostRow
from bot.sync.webhook_lines import WEBHOOK_KINDS, webhook_line
from tests.sync.sync_harness import GUILD, MOD, START


def said(kind: PostKind, detail: str, user_id: int | None = MOD) -> str:
    return webhook_line(PostRow(1, GUILD, kind, user_id, None, None, detail, None, START)).render()


@pytest.mark.parametrize("kind", sorted(WEBHOOK_KINDS - {PostKind.WEBHOOK_FAILED}))
def test_who_changed_it_is_said_and_the_host_alone(kind: PostKind) -> None:
    assert f"<@{MOD}>" in said(kind, "tools.example.org")
    assert "`tools.example.org`" in said(kind, "tools.example.org")
    assert said(kind, "tools.example.org", None).startswith("An admin who has deleted their data")


def test_one_that_is_paused_is_named_with_its_reason_and_what_to_do() -> None:
    assert said(PostKind.WEBHOOK_FAILED, '[4, "tools.example.org", "status", 502]', None) == (
        "Nothing is sent to webhook 4 (`tools.example.org`) any more: it answered with HTTP 502; anything from 200 to "
        "299 confirms an event. What happens is retained, and sent after `/webhooks resume 4`."
    )
