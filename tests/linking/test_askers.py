"""What linking asks of a source goes at the turn of the member it is for; proofs before everything else."""

from __future__ import annotations

from typing import Any

from bot.errors import LimitError
from bot.links import Person
from bot.links.proofs import ProofMethod
from bot.messages import Message
from bot.sources.askers import Asker, Askers
from tests.linking.harness import ANN, BEN, HERE, open_linking
from tests.linking.test_signature_verifier import PROMISED
from tests.linking.verifiers import open_verifiers, owner
from tests.loopring_source import SkippingClock
from tests.sandbox_client import SandboxClient
from tests.watched_source import WatchedSource, open_watched_source


async def test_linking_asks_as_a_member_and_a_proof_as_a_prover(sandbox: SandboxClient) -> None:
    async with open_watched_source(sandbox) as source, open_linking(source) as harness:
        await harness.accounts.link(ANN, owner(10001))
        assert set(source.asked.values()) == {Asker.member(ANN)}
        source.asked.clear()
        await harness.accounts.candidate(ANN, "10002")
        await harness.accounts.candidate(ANN, owner(10003))
        assert set(source.asked.values()) == {Asker.prover(ANN)}
        source.asked.clear()
        await harness.linking.vouching.ask(BEN, HERE, owner(10002), moderator_id=ANN)
        assert set(source.asked.values()) == {Asker.member(ANN)}


async def test_an_account_is_linked_although_its_member_has_too_many_questions_under_way(
    sandbox: SandboxClient,
) -> None:
    class Busy(WatchedSource):
        async def fetch_counterfactual(self, _wallet: str, _askers: Askers) -> Any:
            raise LimitError(Message("You have 23 questions under way."))

    async with open_watched_source(sandbox, Busy) as source, open_linking(source) as harness:
        linked = await harness.accounts.link(ANN, "10001")
        assert linked.is_new


async def test_the_address_that_was_connected_is_looked_up_as_a_proof(sandbox: SandboxClient) -> None:
    async with open_watched_source(sandbox) as source, open_linking(source) as harness:
        verification = harness.linking.verification
        started = await verification.start_proof(Person(ANN, "ann"), None, "", None, ProofMethod.PASTE)
        await verification.challenge(started.session, owner(10001))
        assert source.asked == {"account": Asker.prover(ANN)}


async def test_the_owner_of_an_account_is_found_out_as_a_proof(sandbox: SandboxClient) -> None:
    time = SkippingClock()
    async with open_watched_source(sandbox, clock=time.clock) as source, open_linking(source) as harness:
        await sandbox.fault("status", path="/api/v3/account", status=503)
        link = await harness.accounts.candidate(ANN, "10001")
        assert not link.owner  # not known yet
        await sandbox.reset()
        time.skip(3)
        source.asked.clear()
        verification = harness.linking.verification
        started = await verification.start_proof(Person(ANN, "ann"), None, "", link, ProofMethod.PASTE)
        await verification.challenge(started.session, owner(10001))
        assert source.asked == {"owner": Asker.prover(ANN)}


async def test_how_a_wallet_that_is_not_deployed_is_computed_is_asked_as_a_proof(sandbox: SandboxClient) -> None:
    async with open_watched_source(sandbox) as source, open_verifiers(sandbox, source) as verifiers:
        await verifiers.verify(PROMISED)
        assert source.asked == {"wallet": Asker.prover(1)}
