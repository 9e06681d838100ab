"""What a proof changes is of one member, one session and one address; whatever others have stays as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot.errors import InputError
from bot.linking.contest_rules import MESSAGE_SPAN
from bot.linking.outcome import Result
from bot.links import Contest
from bot.links.proofs import ProofMethod
from bot.store.linking.proof_writer import Proved
from tests.linking.harness import ANN, BEN, CLEO, CONTEST, DAN, HERE, MOD, LinkingHarness, open_linking, owner_of
from tests.linking.started_proof import CODE, FIRST, SECOND, THIRD, begin, signed_with_code, token_of, verified

OWNER = owner_of("one")


@pytest.fixture
async def harness() -> AsyncIterator[LinkingHarness]:
    """Services over a store in which others have something in every table, and the same code as Ann may get."""
    async with open_linking() as harness:
        await harness.prove(DAN, SECOND, "two")
        await harness.prove(MOD, SECOND, "two")  # a contest
        await harness.vouch(DAN, THIRD, owner_of("three"))
        await harness.linking.verification.bind_browser(
            token_of(await begin(harness, BEN, method=ProofMethod.CODE)), ""
        )
        await signed_with_code(harness, CLEO)
        yield harness


async def of_others(harness: LinkingHarness) -> dict[str, list[tuple[Any, ...]]]:
    """All that is neither Ann's nor of the address that she proves."""
    return {
        "sessions": await harness.rows("SELECT * FROM sessions WHERE user_id <> ? ORDER BY id", ANN),
        "codes": await harness.rows(
            "SELECT codes.* FROM codes JOIN sessions ON id = session_id WHERE user_id <> ? ORDER BY session_id", ANN
        ),
        "proofs": await harness.rows("SELECT * FROM proofs WHERE owner <> ? ORDER BY owner", OWNER),
        "contests": await harness.rows("SELECT * FROM contests WHERE owner <> ? ORDER BY owner", OWNER),
        "vouches": await harness.rows("SELECT * FROM vouches WHERE owner <> ? ORDER BY owner", OWNER),
        "links": await harness.rows("SELECT * FROM links WHERE owner <> ? ORDER BY user_id, account", OWNER),
    }


Deed = Callable[[LinkingHarness], Awaitable[None]]


async def sign(harness: LinkingHarness) -> Contest | None:
    """Ann's signature; the contest that it leads to."""
    proved = await harness.finish((await begin(harness, ANN)).session, verified())
    assert isinstance(proved, Proved)
    return proved.contest


async def is_linked(harness: LinkingHarness) -> None:
    assert await sign(harness) is None
    assert await harness.listed(ANN) == {FIRST: True}


async def outweighs_a_moderator(harness: LinkingHarness) -> None:
    await harness.vouch(BEN, FIRST, OWNER)
    await is_linked(harness)
    assert await harness.proven(BEN, HERE) == {}


async def contests(harness: LinkingHarness) -> None:
    await harness.name(BEN, FIRST, "one")
    await harness.finish((await begin(harness, BEN)).session, verified())
    before = await of_others(harness)
    assert await sign(harness) == Contest(OWNER, BEN, ANN, harness.now, harness.now + CONTEST)
    assert await of_others(harness) == before


async def overtakes(harness: LinkingHarness) -> None:
    await harness.prove(BEN, FIRST, "one")
    await harness.prove(CLEO, FIRST, "one")
    before = await of_others(harness)
    assert await sign(harness) == Contest(OWNER, BEN, ANN, harness.now, harness.now + MESSAGE_SPAN + CONTEST)
    assert await of_others(harness) == before


async def guesses(harness: LinkingHarness) -> None:
    await signed_with_code(harness, ANN)
    for _ in range(5):
        with pytest.raises(InputError):
            await harness.linking.verification.enter_code(ANN, "0000-0000")


async def types_the_code(harness: LinkingHarness) -> None:
    await signed_with_code(harness, ANN)
    assert (await harness.linking.verification.enter_code(ANN, CODE)).result is Result.LINKED


@pytest.mark.parametrize("what", [is_linked, outweighs_a_moderator, guesses, types_the_code])
async def test_nothing_that_ann_does_changes_what_others_have(
    harness: LinkingHarness, what: Callable[[LinkingHarness], Awaitable[None]]
) -> None:
    before = await of_others(harness)
    assert all(before.values())
    await what(harness)
    assert await of_others(harness) == before


@pytest.mark.parametrize("what", [contests, overtakes])
async def test_nothing_that_ann_claims_changes_what_others_have(harness: LinkingHarness, what: Deed) -> None:
    await what(harness)
