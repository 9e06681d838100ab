"""What a member shares → words and buttons' labels. Names of servers pass `safe_text()`: they are upstream text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.cogs.linking.link_embeds import account_words
from bot.links import Share
from bot.text import safe_text

_NAME = 50
_MOST_LINES = 10  # all of `/accounts` must fit into one message: 6,000 characters

NOTHING_SHARED = "Nobody else sees your accounts."


def shares_words(shares: Sequence[Share], name_of: Callable[[int], str | None], here: int | None) -> str:
    """All that a member shares, one line each.

    Args:
        shares: Theirs.
        name_of: The name of a server; None for one that Tessera is no longer in.
        here: The server in which they ask.
    """
    if not shares:
        return NOTHING_SHARED
    return "\n".join(["**Others see:**", *_lines(shares, name_of, here)])


def _lines(shares: Sequence[Share], name_of: Callable[[int], str | None], here: int | None) -> Iterator[str]:
    for share in sorted(shares, key=lambda each: each.guild_id != here)[:_MOST_LINES]:
        where = "this server" if share.guild_id == here else _server_words(share.guild_id, name_of(share.guild_id))
        yield f"👁 `{account_words(share.account)}` in {where}, as long as you are in it"
    if (left := len(shares) - _MOST_LINES) > 0:
        yield f"… and {left:,} more"


def _server_words(guild_id: int, name: str | None) -> str:
    if name is None:
        return f"a server that Tessera has left (`{guild_id}`)"
    return f"**{safe_text(name, _NAME)}**"
