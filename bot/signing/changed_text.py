"""What programs make of a text before they sign it: the changes that turn a right signature into one by "another key".

No signature of a changed text proves anything. These texts only explain a refusal: the member copies the text again
instead of looking for another key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from enum import Enum

from bot.signing.signature import personal_digest, recover

_ENDS = ("\n", " ", "\r\n", "\n\n", " \n")


class Change(Enum):
    """How a text was changed."""

    LINE_ENDS = "line ends"
    MORE_AT_ITS_END = "more at its end"
    OTHER = "other"


def changed_texts(text: str) -> Iterator[tuple[Change, str]]:
    """The text as Windows, terminals, text fields, chats and scripts hand it on; the commonest first."""
    windows = text.replace("\n", "\r\n")
    yield Change.LINE_ENDS, windows
    for end in _ENDS:
        yield Change.MORE_AT_ITS_END, text + end
    for end in ("\r\n", " "):
        yield Change.MORE_AT_ITS_END, windows + end
    yield Change.LINE_ENDS, text.replace("\n", "\r")
    yield Change.LINE_ENDS, text.replace("\n", "\\n")
    yield Change.LINE_ENDS, text.replace("\n", " ")
    yield Change.LINE_ENDS, text.replace("\n", "")
    yield Change.LINE_ENDS, text.replace("\n\n", "\n")
    for before, behind in (("\n", ""), (" ", ""), ('"', '"'), ("```\n", "\n```"), ("```", "```")):
        yield Change.OTHER, before + text + behind
    yield Change.OTHER, "0x" + text.encode().hex()


def commonest_changes(text: str) -> Iterator[tuple[Change, str]]:
    """Those that a contract, which costs a request each, is asked about, too."""
    yield Change.LINE_ENDS, text.replace("\n", "\r\n")
    for end in _ENDS[:2]:
        yield Change.MORE_AT_ITS_END, text + end


def find_change(
    text: str, signature: bytes, addresses: Collection[str], recover: Callable[[bytes, bytes], str | None] = recover
) -> Change | None:
    """The change after which a key of one of these addresses made a signature; some 8 ms for each that it is not."""
    for change, changed in changed_texts(text):
        if recover(personal_digest(changed), signature) in addresses:
            return change
    return None
