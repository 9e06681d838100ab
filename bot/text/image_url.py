"""The URL of a picture as it may be put into an embed: fetched by Discord, from a public host, and a picture.

What an upstream writes is a file's name rather than a URL: `ipfs://<CID>/Fox #7.png` has a blank and a `#` in it, which
belong to the name. Known forms: IPFS (CID version 0 and 1, in every base that gateways take), IPNS, Arweave, https.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote, urlsplit

# Discord's limit for the URLs of an embed.
MAX_URL = 2048

# What Discord's proxy shows none of, by the ending of the path: film, sound, pages, drawings, models, documents.
_NO_PICTURE = re.compile(
    r"\.(?:mp4|m4v|webm|mov|avi|mkv|mpe?g|og[gv]|3gp|m3u8|mp3|wav|flac|aac|m4a|aiff?|midi?|x?html?|js|css|svgz?|xml|pdf"
    r"|glb|gltf|obj|fbx|stl|usdz?|vrm|vox|zip|json|txt|md|csv)$",
    re.IGNORECASE,
)
# Version 0 is Qm and 44 letters of base58; version 1 begins with the letter of its base: base32, 36, 58, 16.
# `ipfs://0x<hash>` of Loopring's baseUri is no CID.
_CID = (
    r"Qm[1-9A-HJ-NP-Za-km-z]{44}|b[a-z2-7]{50,100}|B[A-Z2-7]{50,100}|k[0-9a-z]{45,100}|z[1-9A-HJ-NP-Za-km-z]{45,100}"
    r"|f01[0-9a-f]{60,140}"
)
_IPFS = re.compile(rf"^(?:(?i:ipfs):/{{1,3}}|/)?(?i:ipfs/)*(?P<root>{_CID})(?P<rest>[/?#].*)?$", re.DOTALL)
# A key, or a host name with a record in DNS.
_IPNS = re.compile(
    r"^(?:(?i:ipns):/{1,3}|/(?i:ipns)/)(?i:ipns/)*(?P<root>[0-9A-Za-z][0-9A-Za-z.-]{0,252})(?P<rest>[/?#].*)?$"
)
# The id of a transaction: 32 bytes in base64url.
_ARWEAVE = re.compile(r"^(?i:ar):/{1,3}(?P<root>[0-9A-Za-z_-]{43})(?P<rest>[/?#].*)?$")
# A gateway by path, of any operator.
_BEHIND_CID = re.compile(
    rf"^(?P<root>https?://(?:[^/?#]+/ipfs/(?:ipfs/)*(?:{_CID})|(?:{_CID})\.ipfs\.[^/?#]+|[^/?#]+(?:/ipns/|\.ipns\.)[^/?#]+"
    r"|(?:[^/?#]+\.)?arweave\.net/[0-9A-Za-z_-]{43}))(?P<rest>/.*)$"
)
# Control characters, halves of characters, and marks that turn the direction of what is behind them.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

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
# The last label begins with a letter: no IP address is one.
_HOST = re.compile(r"^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$")

_TOKEN_ID = re.compile(r"\{id\}|%7Bid%7D", re.IGNORECASE)
_BEFORE_MARK = re.compile(r"[^?#]*")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# What RFC 3986 allows in a path and in a query; which other characters Discord refuses is not documented.
_IN_PATH = "/%:@!$&'()*+,;=~-._"
_IN_QUERY = _IN_PATH + "?"


def safe_image_url(url: str | None, gateways: Sequence[str], *, token_id: int | None = None) -> str | None:
    """An upstream image URL that may be put into an embed, or None when it may not.

    Without the URL only the picture is missing, while Discord answers 400 to a whole message with an image URL that it
    does not accept.

    Args:
        url: As the upstream has it. Addresses below a configured gateway are the operator's own choice; anything else
            must be plain https to a public host name.
        gateways: Base URLs, each with a `/` at the end. `ipfs://` and `ipns://` in all their forms become URLs of the
            first one, `ar://` of the last one that does not end with `/ipfs/`.
        token_id: What `{id}` in the URL stands for (ERC-1155, metadata: 64 hexadecimal digits, lower case); None: it
            is not known, and there is no such picture.
    """
    # Endless ones are not looked at: even a quoted URL gets no shorter.
    if not url or len(url := url.strip()) > MAX_URL or _UNSEEN.search(url):
        return None
    if _TOKEN_ID.search(url):
        if token_id is None:
            return None
        url = _TOKEN_ID.sub(f"{token_id:064x}", url)
    shown = _image_url(url, gateways)
    if not shown or len(shown) > MAX_URL or _is_no_picture(urlsplit(shown).path):
        return None
    # A name may contain `#` and `?`; but what ends like a film before one of these is one, of which a part is meant.
    return None if _is_no_picture(_BEFORE_MARK.match(url)[0]) else shown  # type: ignore[index] # it matches anything


def _image_url(url: str, gateways: Sequence[str]) -> str | None:
    ipfs = gateways[0] if gateways else None
    ipns = ipfs.removesuffix("/ipfs/") + "/ipns/" if ipfs and ipfs.endswith("/ipfs/") else None
    arweave = next((gateway for gateway in reversed(gateways) if not gateway.endswith("/ipfs/")), None)
    for form, gateway in ((_IPFS, ipfs), (_IPNS, ipns), (_ARWEAVE, arweave)):
        if found := form.match(url):
            return gateway and _file(gateway + found["root"], found["rest"] or "")
    if any(url.startswith(gateway) for gateway in gateways):
        return _quoted(url)
    return _quoted(url) if _is_public_https(url) else None


def _file(root: str, rest: str) -> str | None:
    """A file behind a root, whose name may contain all that means something else in a URL."""
    # Without a path there is no name that a query or a fragment could belong to.
    path = rest if rest.startswith("/") else ""
    if ".." in unquote(path).split("/"):
        return None
    return root + _percent_encoded(path, _IN_PATH)


def _quoted(url: str) -> str | None:
    if behind := _BEHIND_CID.match(url):
        # A query may be the gateway's own (a size, a key), while nobody writes a fragment for a picture.
        path, mark, query = behind["rest"].replace("#", "%23").partition("?")
        found = _file(behind["root"], path)
        return found and found + mark + _percent_encoded(query, _IN_QUERY)
    parts = urlsplit(url)  # a backslash in the host is refused as no host name, and escaped behind it
    query = f"?{_percent_encoded(parts.query, _IN_QUERY)}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc.lower()}{_percent_encoded(parts.path, _IN_PATH)}{query}"


def _percent_encoded(text: str, safe: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", text), safe=safe)


def _is_public_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    is_plain = parts.scheme == "https" and parts.username is None and parts.password is None and port in (None, 443)
    return is_plain and bool(_HOST.match(host)) and not host.endswith(_PRIVATE_SUFFIXES)


def _is_no_picture(path: str) -> bool:
    return bool(_NO_PICTURE.search(unquote(path).partition(";")[0].rstrip()))
