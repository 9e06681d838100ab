"""A moderator's confirmation: marked, recorded, valid in one server, after every signature, never for themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.errors import InputError, SourceError
from bot.links import ProofKind
from bot.sources.loopring import LoopringSource
from tests.linking.harness import ANN, BEN, GUILD, MOD, LinkingHarness, open_linking, owner_of
from tests.sandbox_client import SandboxClient

ADA = "loopring:10001"
ADA_OWNER = owner_of("10001")


@pytest.fixture
async def harness(source: LoopringSource) -> AsyncIterator[LinkingHarness]:
    """Services that ask Loopring."""
    async with open_linking(source) as harness:
        yield harness


async def test_a_moderators_confirmation_is_marked_and_recorded_and_counts_in_one_server(
    harness: LinkingHarness,
) -> None:
    link = await harness.accounts.link_manually(ANN, "ada.loopring.eth", moderator_id=MOD, guild_id=GUILD)
    assert (str(link.account), link.owner) == (ADA, ADA_OWNER)
    assert (link.proof_kind, link.proven_at, link.proven_in) == (ProofKind.MODERATOR, harness.now, GUILD)
    recorded = await harness.rows("SELECT actor, verb, subject FROM audit")
    assert recorded == [(harness.pseudonym(MOD), "link-manual", harness.pseudonym(ANN))]
    await harness.prove(ANN, ADA, "10001")
    [signed] = await harness.store.links.of(ANN)
    assert (signed.proof_kind, signed.proven_in) == (ProofKind.KEY, None)


async def test_no_moderator_can_confirm_their_own_account(harness: LinkingHarness) -> None:
    with pytest.raises(InputError, match="Nobody can vouch for themselves: prove your account by `/verify`"):
        await harness.accounts.link_manually(MOD, "10001", moderator_id=MOD, guild_id=GUILD)
    assert await harness.listed(MOD) == {}
    assert await harness.rows("SELECT 1 FROM audit") == []


@pytest.mark.parametrize(("holder", "words"), [(ANN, "by this member already"), (BEN, "by another member already")])
async def test_a_moderators_confirmation_replaces_no_proof(harness: LinkingHarness, holder: int, words: str) -> None:
    await harness.prove(holder, ADA, "10001")
    before = await harness.dump()
    with pytest.raises(InputError, match=words):
        await harness.accounts.link_manually(ANN, "10001", moderator_id=MOD, guild_id=GUILD)
    assert await harness.dump() == before


async def test_a_moderator_cannot_confirm_an_account_whose_owner_is_unknown(
    sandbox: SandboxClient, harness: LinkingHarness
) -> None:
    await sandbox.fault("html", "/api/")
    with pytest.raises(SourceError):
        await harness.accounts.link_manually(ANN, "10001", moderator_id=MOD, guild_id=GUILD)
    assert await harness.listed(ANN) == {}
