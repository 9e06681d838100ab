"""Upstream text and URLs are hostile: whatever an API says passes here before anybody sees it.

`safe_text()` and `safe_image_url()` are the only two doors. Names and descriptions are written by whoever made a
collection, so they may hold mentions, invites, masked links, control characters, or ten thousand letters.
"""

from __future__ import annotations

import html
import ipaddress
import re
import unicodedata
from collections.abc import Iterator, Sequence
from urllib.parse import quote, urlsplit

UNNAMED = "(unnamed)"

# A zero-width space splits a mention, a link or an invite without changing how it reads.
_SPLIT = "\N{ZERO WIDTH SPACE}"
# Everything Discord would turn into a link, a mention, a timestamp, a command or an invite, and where to split it.
_ACTIVE = re.compile(r"(:(?=//)|<|@|discord(?:app)?\.(?=gg|com/invite|me|io)|www\.)", re.IGNORECASE)
_MARKDOWN = frozenset("\\*_~`|[]")
# These act only at the start of a line: quote, heading, subtext and list, numbered list.
_LINE_START = re.compile(r"(?m)^(\s*)(?:([>#+-])|(\d+)([.)]))")
_MAX_COMBINING = 2


def safe_text(text: str | None, limit: int, *, plain: bool = False, lines: bool = False) -> str:
    """Upstream text as it may be shown: nothing in it acts, and it is at most `limit` UTF-16 units long.

    Args:
        text: Whatever the API said; HTML entities are undone, as Loopring escapes names on mainnet.
        limit: Longest answer. Counted in UTF-16 units, the strictest reading of Discord's limits.
        plain: For places where Discord renders no markdown (author, footer, menu labels): no backslashes.
        lines: Keep line breaks (at most one empty line in a row); otherwise everything becomes one line.
    """
    first, *rest = safe_pages(text, limit, plain=plain, lines=lines) or [UNNAMED[:limit]]
    return _cut(first, limit) if rest else first


def safe_pages(text: str | None, limit: int, *, plain: bool = False, lines: bool = True) -> list[str]:
    """The whole of an upstream text, in pieces of at most `limit` UTF-16 units; empty for a blank text."""
    cleaned = _clean(text or "", lines=lines)
    if not plain:
        cleaned = _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}", _escape(cleaned))
    pages: list[str] = []
    page: list[str] = []
    size = 0
    for token in _tokens(cleaned):
        units = utf16_units(token)
        if size + units > limit and page:
            end = _last_gap(page)
            pages.append("".join(page[:end]).rstrip())
            page = page[end:]
            size = sum(map(utf16_units, page))
        page.append(token)
        size += units
    last = "".join(page).rstrip()
    return [*pages, last] if last else pages


def utf16_units(text: str) -> int:
    """Length as JavaScript counts it: characters beyond the basic plane count two."""
    return len(text) + sum(char > "\uffff" for char in text)


def safe_image_url(url: str | None, gateways: Sequence[str]) -> str | None:
    """An upstream image URL that may be put into an embed, or None when it may not.

    `ipfs://` in all its forms becomes a URL of the first gateway; addresses below a configured gateway are the
    operator's own choice and pass; anything else must be plain https to a public host name. A dropped URL only
    costs the picture: Discord answers 400 to a whole message whose image scheme it does not know.
    """
    if not url or len(url) > _MAX_URL or any(c.isspace() or not c.isprintable() or c == "\\" for c in url):
        return None
    if ipfs := _IPFS.match(url):
        path = ipfs["path"] or ""
        if not gateways or ".." in path.split("/"):
            return None
        return gateways[0] + ipfs["cid"] + quote(path, safe="/%-._~!$&'()*+,;=:@")
    if any(url.startswith(gateway) for gateway in gateways):
        return url
    return _public_https(url)


_MAX_URL = 1024
# CIDv0 is Qm and 44 base58 letters; CIDv1 in base32 starts with b. `ipfs://0x<hash>` of baseUri is not fetchable.
_IPFS = re.compile(
    r"^(?:ipfs:/{1,3}|/)?(?:ipfs/)*(?P<cid>Qm[1-9A-HJ-NP-Za-km-z]{44}|b[a-z2-7]{50,100})(?P<path>/[^?#]*)?(?:[?#].*)?$",
    re.IGNORECASE,
)
_PRIVATE_SUFFIXES = (
    ".arpa",
    ".corp",
    ".home",
    ".internal",
    ".invalid",
    ".lan",
    ".local",
    ".localhost",
    ".onion",
    ".test",
)
_HOST = re.compile(r"^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$")


def _public_https(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    if parts.scheme != "https" or parts.username is not None or parts.password is not None or port not in (None, 443):
        return None
    if not _HOST.match(host) or host.endswith(_PRIVATE_SUFFIXES) or _is_ip(host):
        return None
    if url.isascii():
        return url
    return f"https://{host}{quote(parts.path, safe='/%:@!$&()*+,;=~-._')}" + (
        f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    )


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _clean(text: str, *, lines: bool) -> str:
    text = unicodedata.normalize("NFC", html.unescape(text))
    text = "".join(_kept(text))
    if lines:
        text = re.sub(r"[^\S\n]+", " ", text)
        text = re.sub(r" ?\n ?", "\n", text)
        text = re.sub(r"\n{3,}", "\n\n", text)
    else:
        text = re.sub(r"\s+", " ", text)
    return _ACTIVE.sub(lambda match: match[0] + _SPLIT, text.strip())


def _kept(text: str) -> Iterator[str]:
    """Drop controls, bidi and zero-width marks, surrogates, private use, and combining marks piled on one letter."""
    combining = 0
    for char in text.replace("\r\n", "\n").replace("\r", "\n"):
        category = unicodedata.category(char)
        if category in ("Mn", "Me"):
            combining += 1
            if combining <= _MAX_COMBINING:
                yield char
            continue
        combining = 0
        if category in ("Zl", "Zp"):
            yield "\n"
        elif char in "\n\t" or category not in ("Cc", "Cf", "Cs", "Co", "Cn"):
            yield char


def _escape(text: str) -> str:
    return "".join("\\" + char if char in _MARKDOWN else char for char in text)


def _tokens(text: str) -> Iterator[str]:
    """Pieces that must not be cut: a letter with its marks, a backslash with what it escapes."""
    piece = ""
    for char in text:
        if piece and piece != "\\" and not unicodedata.combining(char):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _last_gap(page: list[str]) -> int:
    """Where to break a full page: after its last blank, if that is near the end, else at the end."""
    for index in range(len(page) - 1, len(page) * 4 // 5, -1):
        if page[index].isspace():
            return index + 1
    return len(page)


def _cut(page: str, limit: int) -> str:
    kept: list[str] = []
    size = 1
    for token in _tokens(page):
        size += utf16_units(token)
        if size > limit:
            break
        kept.append(token)
    return "".join(kept).rstrip() + "…"
