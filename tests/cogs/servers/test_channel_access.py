"""Whether the bot may post somewhere is asked of one function, which knows that Discord may not have said it yet."""

from __future__ import annotations

import re
from pathlib import Path

import bot

ONLY_THERE = Path("cogs", "servers", "channel_access.py")


def test_the_own_member_of_a_server_is_read_in_one_place_that_expects_none() -> None:
    source = Path(bot.__file__).parent
    of_a_server = re.compile(r"\b(?!t\.)\w+\.me\b")  # t.me is a site
    reads = [each.relative_to(source) for each in source.rglob("*.py") if of_a_server.search(each.read_text())]
    assert reads == [ONLY_THERE]
