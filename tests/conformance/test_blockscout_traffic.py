"""Everything that was said between the bot and the Blockscout stand-in during this run, held against its file."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.conformance.blockscout_openapi import check_blockscout_exchange
from tests.conformance.collected import BLOCKSCOUT_EXCHANGES
from tests.conformance.missing import skip_unless_ci


@pytest.mark.usefixtures("blockscout_spec")
def test_every_exchange_of_the_run_is_valid() -> None:
    if not BLOCKSCOUT_EXCHANGES:
        skip_unless_ci("no test before this one asked Blockscout for anything")
    problems = Counter(problem for each in BLOCKSCOUT_EXCHANGES for problem in check_blockscout_exchange(each))
    assert "\n".join(f"{count}x {problem}" for problem, count in problems.most_common()) == ""
