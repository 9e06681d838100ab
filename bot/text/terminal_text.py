"""Text for a terminal: what others wrote into a file or its name neither moves the cursor nor turns the line round."""

from __future__ import annotations

import re

# A sentence that quotes more than this is not read to its end.
_LONGEST = 4_000
# Controls but tab and line break, marks of direction, line breaks by other names, and bytes of a name that are no text.
_ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_UNINDENTED = re.compile(r"\n(?!  )")


def terminal_text(text: str) -> str:
    """A text whose lines we made ourselves; what would act in it is shown as Python writes it."""
    return _ACTIVE.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)


def terminal_sentence(text: str) -> str:
    """One sentence, which may quote anything: no quoted line break makes a line that looks like one of ours."""
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return terminal_text(_UNINDENTED.sub("\n  ", cut))
