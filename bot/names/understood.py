"""What Tessera took something for that was typed or pasted: said back where it is not simply what was typed."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.messages import Message, Words
from bot.names.pasted_link import read_link
from bot.names.pasted_text import bare_text
from bot.names.typed_names import AccountRef, RefKind
from bot.text import safe_text

_LINK = Message("I took that {site} link as `{account}`.")
_TYPED = Message("I took that as `{account}`.")
_SITE = 40
_NAME = 60


def understood_account(typed: str, ref: AccountRef) -> Words | None:
    """What an account was taken for; None where it was typed just like that.

    Args:
        typed: By a person.
        ref: What `Names.parse_account` made of it.
    """
    account = _shown(ref)
    bare = bare_text(typed)
    if read_link(bare):
        host = urlsplit(bare if "://" in bare else f"https://{bare}").hostname or ""
        return _LINK(site=safe_text(host.removeprefix("www."), _SITE, plain=True), account=account)
    return None if ref.value in typed.casefold() else _TYPED(account=account)


def _shown(ref: AccountRef) -> str:
    if ref.kind is RefKind.OWNER:
        return f"{ref.value[:6]}…{ref.value[-4:]}"
    return safe_text(ref.value, _NAME, plain=True)
