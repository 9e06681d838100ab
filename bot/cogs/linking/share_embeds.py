"""What a member shares → words and buttons' labels. Names of servers pass `safe_text()`: they are upstream text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.cogs.linking.link_embeds import account_words
from bot.links import Share
from bot.messages import Message
from bot.text import safe_text

_NAME = 50
_MOST_LINES = 10
# Where all of `/accounts` would not fit into one message.
BRIEFLY = 2

_NOBODY = Message("Nobody else sees your accounts.")
_OTHERS_SEE = Message("**Others see:**")
_HERE = Message("👁 {account} in this server, as long as you are in it")
_IN_SERVER = Message("👁 {account} in {server}, as long as you are in it")
_IN_LEFT_SERVER = Message("👁 {account} in a server that Tessera has left ({server}), as long as you are in it")
_MORE = Message("… and {count:,} more", "… and {count:,} more")


def shares_words(
    shares: Sequence[Share], name_of: Callable[[int], str | None], here: int | None, most: int = _MOST_LINES
) -> str:
    """All that a member shares, one line each.

    Args:
        shares: Theirs.
        name_of: The name of a server; None for one that Tessera is no longer in.
        here: The server in which they ask.
        most: So many are listed, the others counted.
    """
    if not shares:
        return _NOBODY().render()
    return "\n".join([_OTHERS_SEE().render(), *_lines(shares, name_of, here, most)])


def _lines(shares: Sequence[Share], name_of: Callable[[int], str | None], here: int | None, most: int) -> Iterator[str]:
    for share in sorted(shares, key=lambda each: each.guild_id != here)[:most]:
        account = f"`{account_words(share.account)}`"
        if share.guild_id == here:
            yield _HERE(account=account).render()
        elif (name := name_of(share.guild_id)) is None:
            yield _IN_LEFT_SERVER(account=account, server=f"`{share.guild_id}`").render()
        else:
            yield _IN_SERVER(account=account, server=f"**{safe_text(name, _NAME)}**").render()
    if (left := len(shares) - most) > 0:
        yield _MORE(count=left).render()
