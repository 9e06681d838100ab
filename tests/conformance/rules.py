"""What Discord refuses although its file would let it pass, asked of bodies that the file already accepts.

Sources: Discord's reference on messages, components, interactions and application commands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.conformance.command_rules import command_problems, command_set_problems
from tests.conformance.message_rules import message_problems, modal_problems
from tests.conformance.wording import placed

if TYPE_CHECKING:
    from collections.abc import Iterator

_EPHEMERAL = 1 << 6
_METADATA_KEY = re.compile(r"[a-z0-9_]{1,50}")

_NEW_MESSAGES = {"/channels/{channel_id}/messages", "/webhooks/{webhook_id}/{webhook_token}"}
_EDITS = {
    "/channels/{channel_id}/messages/{message_id}",
    "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
    "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
}
_COMMANDS = {
    "/applications/{application_id}/commands",
    "/applications/{application_id}/guilds/{guild_id}/commands",
    "/applications/{application_id}/commands/{command_id}",
    "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}",
}
_CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
_METADATA = "/applications/{application_id}/role-connections/metadata"


def extra(method: str, template: str, body: Any) -> Iterator[str]:
    """What is wrong with a request body beyond what the file says, one sentence each.

    Args:
        method: the HTTP method, upper case.
        template: the path as the file writes it.
        body: the JSON body, already accepted by the file.
    """
    if template == _CALLBACK:
        yield from _callback_problems(body)
    elif method == "POST" and template in _NEW_MESSAGES:
        yield from message_problems(body, "", new=True)
    elif method == "PATCH" and template in _EDITS:
        yield from message_problems(body, "", new=False)
    elif template in _COMMANDS and isinstance(body, list):
        yield from command_set_problems(body)
    elif template in _COMMANDS:
        yield from command_problems(body, "", partial=method == "PATCH")
    elif template == _METADATA:
        for index, record in enumerate(body):
            if not _METADATA_KEY.fullmatch(record["key"]):
                yield placed(f"{index}/key", f"{record['key']!r} may hold a-z, 0-9 and _ only")


def _callback_problems(body: dict[str, Any]) -> Iterator[str]:
    """By the type of the callback: 4 message, 5 deferred message, 6 deferred update, 7 update, 9 modal."""
    kind, content = int(body["type"]), body.get("data") or {}
    if kind == 4:
        yield from message_problems(content, "data", new=True)
    elif kind == 5:
        more = sorted(set(content) - {"flags"})
        if more or int(content.get("flags") or 0) & ~_EPHEMERAL:
            yield placed(
                "data",
                f"a deferred answer may carry the EPHEMERAL flag and nothing else, not {content}",
            )
    elif kind == 7:
        yield from message_problems(content, "data", new=False)
    elif kind == 9:
        yield from modal_problems(content, "data")
