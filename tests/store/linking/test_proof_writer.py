"""What a proof changes is of one member, one session and one address; whatever others have stays as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot.errors import InputError
from bot.linking.outcome import Ending
from bot.linking.proof_methods import Way
from bot.links import Contest
from tests.linking.harness import ANN, BEN, CLEO, CONTEST, DAN, MOD, Desk, open_desk, owner_of
from tests.linking.started_proof import CODE, FIRST, SECOND, THIRD, begin, proven, signed_with_code, token_of

OWNER = owner_of("one")


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Services over a store in which others have something in every table, and the same code as Ann may get."""
    async with open_desk() as desk:
        await desk.prove(DAN, SECOND, "two")
        await desk.prove(MOD, SECOND, "two")  # a contest
        await desk.vouch(DAN, THIRD, owner_of("three"))
        await desk.linking.verification.start(token_of(await begin(desk, BEN, way=Way.CODE)), "")
        await signed_with_code(desk, CLEO)
        yield desk


async def of_others(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """All that is neither Ann's nor of the address that she proves."""
    return {
        "sessions": await desk.rows("SELECT * FROM sessions WHERE user_id <> ? ORDER BY id", ANN),
        "codes": await desk.rows(
            "SELECT codes.* FROM codes JOIN sessions ON id = session_id WHERE user_id <> ? ORDER BY session_id", ANN
        ),
        "proofs": await desk.rows("SELECT * FROM proofs WHERE owner <> ? ORDER BY owner", OWNER),
        "contests": await desk.rows("SELECT * FROM contests WHERE owner <> ? ORDER BY owner", OWNER),
        "links": await desk.rows("SELECT * FROM links WHERE owner <> ? ORDER BY user_id, account", OWNER),
    }


Deed = Callable[[Desk], Awaitable[None]]


async def sign(desk: Desk) -> Contest | None:
    """Ann's signature."""
    return await desk.proving.finish((await begin(desk, ANN)).session, proven(), desk.now)


async def is_linked(desk: Desk) -> None:
    assert await sign(desk) is None
    assert await desk.listed(ANN) == {FIRST: True}


async def outweighs_a_moderator(desk: Desk) -> None:
    await desk.vouch(BEN, FIRST, OWNER)
    await is_linked(desk)
    assert await desk.listed(BEN) == {FIRST: False}


async def contests(desk: Desk) -> None:
    await desk.name(BEN, FIRST, "one")
    await desk.proving.finish((await begin(desk, BEN)).session, proven(), desk.now)
    before = await of_others(desk)
    assert await sign(desk) == Contest(OWNER, BEN, ANN, desk.now, desk.now + CONTEST)
    assert await of_others(desk) == before


async def overtakes(desk: Desk) -> None:
    await desk.prove(BEN, FIRST, "one")
    await desk.prove(CLEO, FIRST, "one")
    before = await of_others(desk)
    assert await sign(desk) == Contest(OWNER, BEN, ANN, desk.now, desk.now + CONTEST)
    assert await of_others(desk) == before


async def guesses(desk: Desk) -> None:
    await signed_with_code(desk, ANN)
    for _ in range(5):
        with pytest.raises(InputError):
            await desk.linking.verification.enter_code(ANN, "0000-0000")


async def types_the_code(desk: Desk) -> None:
    await signed_with_code(desk, ANN)
    assert (await desk.linking.verification.enter_code(ANN, CODE)).ending is Ending.LINKED


@pytest.mark.parametrize("what", [is_linked, outweighs_a_moderator, guesses, types_the_code])
async def test_whatever_ann_does_others_keep_what_they_have(
    desk: Desk, what: Callable[[Desk], Awaitable[None]]
) -> None:
    before = await of_others(desk)
    assert all(before.values())
    await what(desk)
    assert await of_others(desk) == before


@pytest.mark.parametrize("what", [contests, overtakes])
async def test_whatever_ann_claims_others_keep_what_they_have(desk: Desk, what: Deed) -> None:
    await what(desk)
