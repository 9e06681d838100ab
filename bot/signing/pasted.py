"""The signature in what a page sent or a person pasted: bare, in quotes, broken into lines, or in a tool's JSON.

Only what surrounds the digits is tolerant here: which bytes prove anything is for `bot.signing.signature` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from bot.errors import InputError
from bot.messages import Message

# The longest that people need is that of a wallet with many owners: sixteen passkeys at a kilobyte each, or 250 keys.
# A contract is asked about it in one call, which costs 16 gas a byte: a few hundred thousand of the 50 million that
# nodes run for a call. More than that is no signature of anybody's wallet.
MAX_BYTES = 16 * 1024

NOT_A_SIGNATURE = Message(
    "That is not a signature: paste only the signature, which is 0x and 128 or more hex digits, or what your signing "
    "tool gives as JSON with it as sig or signature."
)
ODD_DIGITS = Message(
    "That signature has an odd number of digits: one is missing, or one too many. Copy the whole signature once more."
)
TOO_SHORT = Message(
    "That is too short for a signature: {count} of at least 128 hex digits. Copy the whole signature once more; "
    "an address or a transaction's hash is none."
)
TOO_LONG = Message("That is too long for a signature: {count} hex digits, and {most} is the most that is read here.")
TWO_SIGNATURES = Message(
    "That JSON has more than one signature. Paste only the one of the text, as 0x and its hex digits."
)

_MOST_LETTERS = 4 * MAX_BYTES  # with all that may stand around the digits
_LEAST_DIGITS = 128
# Quotes of programs and of phones, code marks of chats, and what ends a line of code.
_AROUND = "\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb<>,;*|_~"
_CODE_BLOCK = re.compile(r"```(?:json|hex|txt|text|js|javascript)(?=\s)", re.IGNORECASE)
# A dot that ends a sentence; several are those of a signature that was shortened.
_FULL_STOP = re.compile(r"(?<!\.)\.$")
# Blanks and line ends of every kind, and what has no width: terminals, chats and text fields add them to a copy.
_BLANKS = re.compile("[\\s\u200b-\u200f\u2060\ufeff]+")
_LABEL = re.compile(r"^(?:signature|sig|hexbytes)(?:hash)?[:=(]", re.IGNORECASE)
_HEX = re.compile(r"(?:0[xX])?([0-9a-fA-F]*)")
# MyCrypto, MyEtherWallet and Etherscan write `sig`; web3.js, ethers and Foundry `signature`; a Safe's service
# `preparedSignature`, of all its owners; a wallet that was asked over JSON-RPC `result`.
# That one counts where each owner's is in the same answer, too. Names are compared without _ and -, and in lower case.
_OF_ALL_OWNERS = ("preparedsignature",)
_FIELDS = ("signature", "sig", "signatures", "result")
# With s and the parity in one (EIP-2098).
_COMPACT_S = ("yparityands", "vs")
# What else they give: the text, hashes of it, and public keys, which have as many digits as secret ones.
_OF_TOOLS = {
    *("r", "s", *_COMPACT_S),
    *("message", "msg", "text", "data", "rawmessage", "signedmessage"),
    *("messagehash", "msghash", "messagedigest", "signaturehash", "hash", "digest", "domainhash", "structhash"),
    *("safemessagehash", "safetxhash", "userophash"),
    *("publickey", "compressedpublickey", "pubkey"),
}
# With the text under these a program asked for the signature; its bytes in hex are longer than any key.
_WITH_THE_TEXT = ("payload", "params", "raw")
# What eth-account's object of a signed message prints.
_PRINTED = re.compile(r"\s*SignedMessage\((.*)\)\s*", re.DOTALL)
_PRINTED_FIELD = re.compile(r"(\w+)=(?:HexBytes\()?['\"]?([^'\",()]*)")
_WORD = re.compile(r"0[xX][0-9a-fA-F]{1,64}|[0-9a-fA-F]{64}")  # Ledger's have no 0x
_PARITIES = {0: 27, 1: 28, 27: 27, 28: 28}


def parse_signature(text: str) -> bytes:
    """The bytes of a signature; empty for `0x` alone, which a Safe answers that signed on chain.

    Raises:
        InputError: with a sentence that says what was wrong, and what is accepted.
    """
    if len(text) > _MOST_LETTERS:
        raise InputError(TOO_LONG, count=len(text), most=2 * MAX_BYTES)
    text = _CODE_BLOCK.sub("", text)
    found = _in_json(text) if _is_json(text) else text
    bare = _LABEL.sub("", _BLANKS.sub("", found).lstrip(_AROUND), count=1).strip(_AROUND + "()")
    bare = _FULL_STOP.sub("", bare).strip(_AROUND + "()")
    match = _HEX.fullmatch(bare)
    if match is None or not bare:
        raise InputError(NOT_A_SIGNATURE)
    digits = match[1]
    if not digits:
        return b""
    if len(digits) % 2:
        raise InputError(ODD_DIGITS)
    if len(digits) < _LEAST_DIGITS:
        raise InputError(TOO_SHORT, count=len(digits))
    if len(digits) > 2 * MAX_BYTES:
        raise InputError(TOO_LONG, count=len(digits), most=2 * MAX_BYTES)
    return bytes.fromhex(digits)


def beside_signature(text: str) -> list[tuple[str, bool]] | None:
    """What is in JSON beside a signature, under no name that signing tools use; and what is too short to be one.

    Returns:
        Each text, and whether it may have no more words than people write; a list of words is one text. None where
        this is nothing that a tool gave.
    """
    text = _CODE_BLOCK.sub("", text)
    if not _is_json(text):
        return None
    try:
        waiting: list[tuple[str, Any]] = [("signatures", _load(text))]
    except InputError:
        return None
    found: list[tuple[str, bool]] = []
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            found.extend((key, True) for key in value)
            waiting.extend((_plain_name(key), inner) for key, inner in value.items())
        elif isinstance(value, list):
            words = " ".join(each for each in value if isinstance(each, str))
            waiting.extend((name, each) for each in [words, *value])
        elif isinstance(value, str) and name not in _OF_TOOLS:
            found.append((value, name not in _WITH_THE_TEXT))
    return found


def _plain_name(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


def _is_json(text: str) -> bool:
    return text.strip().strip(_AROUND).lstrip().startswith(("{", "[")) or _PRINTED.fullmatch(text) is not None


def _load(text: str) -> Any:
    if printed := _PRINTED.fullmatch(text):
        return dict(_PRINTED_FIELD.findall(printed[1]))
    try:
        return orjson.loads(text.strip().strip(_AROUND))
    except orjson.JSONDecodeError as error:
        raise InputError(NOT_A_SIGNATURE) from error


def _in_json(text: str) -> str:
    """The one signature in JSON, wherever in it; else its parts r, s and v (or yParity) in one."""
    body = _load(text)
    objects = list(_objects({"signatures": body} if isinstance(body, list) else body))
    found = (
        set(_named(objects, _OF_ALL_OWNERS))
        or set(_named(objects, _FIELDS))
        or {joined for each in objects if (joined := _joined(each))}
    )
    if len(found) > 1:
        raise InputError(TWO_SIGNATURES)
    if not found:
        raise InputError(NOT_A_SIGNATURE)
    return str(found.pop())


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """An object, and those inside of it, with plain names; the depth is bounded by the parser of the JSON."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield {_plain_name(key): inner for key, inner in each.items()}
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _named(objects: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> Iterator[str]:
    """What has one of these names, each in one spelling of its digits, so that the same bytes are one."""
    for each in objects:
        for value in map(each.get, fields):
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and text:
                    yield "0x" + _BLANKS.sub("", text).lower().removeprefix("0x")


def _joined(parts: Mapping[str, Any]) -> str:
    """r, s and the parity as 65 bytes in hex, or as 64 where the parity is in s; "" where these are none."""
    r, s, *compact = (_word(parts.get(name)) for name in ("r", "s", *_COMPACT_S))
    if not r:
        return ""
    for name in ("v", "yparity", "recoveryparam") if s else ():
        parity = _PARITIES.get(_number(parts.get(name)))
        if parity:
            return f"0x{r}{s}{parity:02x}"
    return next((f"0x{r}{each}" for each in compact if each), "")


def _word(value: Any) -> str:
    """A number of 32 bytes in 64 digits of hex; "" where this is none."""
    return f"{int(value, 16):064x}" if isinstance(value, str) and _WORD.fullmatch(value) else ""


def _number(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _WORD.fullmatch(value):
        return int(value, 16)
    if isinstance(value, str):
        value = value.removesuffix("n")  # JavaScript's big numbers
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 3 else -1  # noqa: PLR2004 - 27
