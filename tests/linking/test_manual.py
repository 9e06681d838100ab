"""A moderator's word: marked, noted, good in one server, behind every signature, and never about themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.errors import InputError, SourceError
from bot.links import Method
from bot.sources.loopring import LoopringSource
from tests.linking.harness import ANN, BEN, GUILD, MOD, Desk, open_desk, owner_of
from tests.sandbox_client import Stage

ADA = "loopring:10001"
ADA_OWNER = owner_of("10001")


@pytest.fixture
async def desk(source: LoopringSource) -> AsyncIterator[Desk]:
    """Services that ask Loopring."""
    async with open_desk(source) as desk:
        yield desk


async def test_a_moderators_word_is_marked_and_noted_and_counts_in_one_server(desk: Desk) -> None:
    link = await desk.accounts.link_manually(ANN, "ada.loopring.eth", moderator_id=MOD, guild_id=GUILD)
    assert (str(link.account), link.owner, link.method, link.proven_at) == (ADA, ADA_OWNER, Method.MANUAL, desk.now)
    assert link.proven_in == GUILD
    noted = await desk.rows("SELECT actor, verb, subject FROM audit")
    assert noted == [(desk.pseudonym(MOD), "link-manual", desk.pseudonym(ANN))]
    await desk.prove(ANN, ADA, "10001")
    [signed] = await desk.accounts.of(ANN)
    assert (signed.method, signed.proven_in) == (Method.EOA, None)


async def test_nobody_vouches_for_themselves(desk: Desk) -> None:
    with pytest.raises(InputError, match="Nobody can vouch for themselves: prove your account by `/verify`"):
        await desk.accounts.link_manually(MOD, "10001", moderator_id=MOD, guild_id=GUILD)
    assert await desk.listed(MOD) == {}
    assert await desk.rows("SELECT 1 FROM audit") == []


@pytest.mark.parametrize(("holder", "words"), [(ANN, "by this member already"), (BEN, "by another member already")])
async def test_a_moderators_word_stands_behind_a_proof(desk: Desk, holder: int, words: str) -> None:
    await desk.prove(holder, ADA, "10001")
    before = await desk.dump()
    with pytest.raises(InputError, match=words):
        await desk.accounts.link_manually(ANN, "10001", moderator_id=MOD, guild_id=GUILD)
    assert await desk.dump() == before


async def test_a_moderator_cannot_vouch_for_an_account_whose_owner_is_unknown(stage: Stage, desk: Desk) -> None:
    await stage.fault("html", "/api/")
    with pytest.raises(SourceError):
        await desk.accounts.link_manually(ANN, "10001", moderator_id=MOD, guild_id=GUILD)
    assert await desk.listed(ANN) == {}
