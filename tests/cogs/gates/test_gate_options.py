"""What the options, the modal and the files of `/gate` mean, as drafts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.cogs.gates.gate_add import rule_of
from bot.cogs.gates.gate_files import drafts_of
from bot.cogs.gates.gate_options import require_change, with_options
from bot.errors import InputError
from bot.gates.gate import Gate, GateDraft, GateState
from bot.gates.gate_file import FileGate, GateFile
from bot.gates.rule import AccountIn, AllOf, CollectionRef, Holds
from bot.holdings import Account

RULE, OTHER = Holds(CollectionRef("loopring", "254")), Holds(CollectionRef("loopring", "261"))
NOW = datetime(2026, 11, 26, tzinfo=UTC)
POWERS = frozenset({"mention_everyone"})


def test_what_is_not_named_stays_as_it_was() -> None:
    draft = GateDraft(7, RULE, timedelta(hours=1), True, True, "tiers", 2, POWERS)  # noqa: FBT003 - as a row
    assert with_options(draft) == draft
    with pytest.raises(InputError, match="Name what to change"):
        require_change(draft, with_options(draft))
    assert with_options(draft, rule=OTHER, grace_hours=0, never_remove=False, sensitive=False, rank=5) == GateDraft(
        7, OTHER, timedelta(0), ladder="tiers", rank=5, confirmed_powers=POWERS
    )


def test_the_grace_is_the_one_of_the_server_again() -> None:
    draft = GateDraft(7, RULE, timedelta(hours=1))
    assert with_options(draft, server_grace=True) == GateDraft(7, RULE)
    with pytest.raises(InputError, match="not both"):
        with_options(draft, server_grace=True, grace_hours=2)


def test_a_list_of_accounts_replaces_the_one_that_a_rule_has() -> None:
    first, second = (AccountIn(accounts=frozenset({Account("loopring", number)})) for number in ("10001", "10002"))
    both = with_options(GateDraft(7, RULE), accounts=first)
    assert both == GateDraft(7, AllOf((RULE, first)))
    assert with_options(both, accounts=second) == GateDraft(7, AllOf((RULE, second)))
    assert with_options(GateDraft(7, first), accounts=second) == GateDraft(7, second)
    assert with_options(both, rule=OTHER, accounts=second) == GateDraft(7, AllOf((OTHER, second)))


def test_what_was_confirmed_of_a_role_is_not_confirmed_of_another() -> None:
    draft = GateDraft(7, RULE, confirmed_powers=POWERS)
    assert with_options(draft, role_id=8) == GateDraft(8, RULE)


def test_a_gate_leaves_its_ladder_with_its_rank() -> None:
    assert with_options(GateDraft(7, RULE, ladder="tiers", rank=2), ladder="none") == GateDraft(7, RULE)
    with pytest.raises(InputError, match="A rank needs the ladder"):
        with_options(GateDraft(7, RULE), rank=1)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (("254", "3", "least"), "254 >= 3"),
        ((" Harbour Lights ", "1", "least"), '"Harbour Lights" >= 1'),
        (("Lights", "2", "copies"), 'copies "Lights" >= 2'),
        (("Doodles2", "1", "least"), '"Doodles2" >= 1'),
        (("Azuki-Elementals", "1", "least"), '"Azuki-Elementals" >= 1'),
        (("Mfers!", "1", "least"), '"Mfers!" >= 1'),
        (("#254", "1", "least"), "#254 >= 1"),
        (("0x" + "ab" * 20, "1", "least"), f"0x{'ab' * 20} >= 1"),
        (("eip155:1:0xab", "2", "exactly"), "eip155:1:0xab between 2 and 2"),
        (('"Lights"', "4", "most"), '"Lights" between 1 and 4'),
    ],
)
def test_the_modal_says_a_rule_as_it_would_be_typed(typed: tuple[str, str, str], text: str) -> None:
    assert rule_of(*typed) == text


ROLES = {7: "Collector", 8: "Twin", 9: "Twin", 10: "whale"}


def drafts(*gates: dict[str, Any], stored: tuple[Gate, ...] = ()) -> list[tuple[int, Any]]:
    """The roles of a file's gates, and what was confirmed of them."""
    file = GateFile(tuple(FileGate(line, rule=RULE, **gate) for line, gate in enumerate(gates, start=3)))
    return [(draft.role_id, draft.confirmed_powers) for draft in drafts_of(file, ROLES, stored)]


def test_a_role_is_found_by_its_id_and_else_by_its_name() -> None:
    assert [role for role, _ in drafts({"role": "renamed", "role_id": 8}, {"role": "Collector", "role_id": 99})] == [
        8,
        7,
    ]
    assert drafts({"role": "Whale", "role_id": None}) == [(10, frozenset())]


@pytest.mark.parametrize(
    ("gates", "sentence"),
    [
        ([{"role": "Nobody", "role_id": None}], "Line 3: there is no role “Nobody” in this server."),
        ([{"role": "Twin", "role_id": None}], "Line 3: several roles have the name “Twin”: write `role_id` too."),
        (
            [{"role": "Collector", "role_id": None}, {"role": "x", "role_id": 7}],
            "Line 4: “x” has a gate in line 3 already: join both with `or`.",
        ),
    ],
)
def test_a_role_that_is_not_one_is_refused_by_its_line(gates: list[dict[str, Any]], sentence: str) -> None:
    with pytest.raises(InputError) as refused:
        drafts(*gates)
    assert refused.value.sentence == f"{sentence}\nNothing was saved."


def test_a_file_confirms_no_power_and_takes_none_back() -> None:
    stored = Gate(1, 1, GateDraft(7, OTHER, confirmed_powers=POWERS), GateState.ACTIVE, NOW, NOW)
    assert drafts({"role": "Collector", "role_id": 7}, {"role": "whale", "role_id": 10}, stored=(stored,)) == [
        (7, POWERS),
        (10, frozenset()),
    ]
