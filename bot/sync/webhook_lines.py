"""What the log channel says of a server's webhooks: who changed one, and which is paused and why."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bot.messages import Message, Words
from bot.store.sync.post_table import PostKind, PostRow
from bot.webhooks.values.delivery_failure import Failure, FailureCode

_CHANGED: Mapping[PostKind, Message] = {
    PostKind.WEBHOOK_ADDED: Message("{member} added a webhook: what happens to roles here is sent to {host} now."),
    PostKind.WEBHOOK_ROTATED: Message("{member} replaced the secret of the webhook to {host}."),
    PostKind.WEBHOOK_REMOVED: Message("{member} removed the webhook to {host}: nothing is sent there any more."),
}
_SOMEBODY = Message("An admin who has deleted their data")
_FAILED = Message(
    "Nothing is sent to webhook {webhook} ({host}) any more: {reason} What happens is retained, and sent after "
    "`/webhooks resume {webhook}`."
)
WEBHOOK_KINDS = frozenset({*_CHANGED, PostKind.WEBHOOK_FAILED})


def webhook_line(row: PostRow) -> Words:
    """One sentence about a webhook; its host alone is shown, as an address may contain a password."""
    if row.kind is PostKind.WEBHOOK_FAILED:
        endpoint_id, host, code, status = json.loads(row.detail)
        return _FAILED(webhook=endpoint_id, host=f"`{host}`", reason=Failure(FailureCode(code), status).words)
    member = f"<@{row.user_id}>" if row.user_id else _SOMEBODY()
    return _CHANGED[row.kind](member=member, host=f"`{row.detail}`")
