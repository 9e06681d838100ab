"""What somebody reads whose signature proves nothing: whole sentences, and about the right address."""

from __future__ import annotations

import re
from collections.abc import Sequence

import aiohttp
import pytest

from bot.errors import ProofError, TesseraError, UndecidedError
from bot.linking.ethereum import Nodes
from bot.linking.signature_verifier import SignatureVerifier
from bot.signing.signature import checksummed
from bot.sources.loopring import LoopringSource
from sandbox.signing import sign
from tests.linking.harness import ANN, LinkingHarness, open_linking, owner_of
from tests.linking.started_proof import begin
from tests.linking.verifiers import FACTORY, STRANGER, A, Verifiers, open_verifiers, owner
from tests.loopring_source import SkippingClock
from tests.sandbox_client import SandboxClient

KEYED, WALLET, LOCKED, PROMISED = 10001, 10021, 10022, 10028
INFO = "counterFactualInfo"
NO_KEY = "That signature is by another key than that of {}. Choose that account in your wallet, and sign again."


async def refusal_of(verifiers: Verifiers, account: int, word: str = "") -> tuple[type[TesseraError], str]:
    """The error, and its sentence with `{}` in place of the address."""
    with pytest.raises(TesseraError) as caught:
        await verifiers.verify(account, word)
    sentence = caught.value.sentence
    # In whichever case: wallets show capitals.
    return type(caught.value), re.sub(owner(account), "{}", sentence, flags=re.IGNORECASE)


@pytest.mark.parametrize(
    ("account", "word", "kind", "sentence"),
    [
        pytest.param(KEYED, STRANGER, ProofError, NO_KEY, id="another key"),
        pytest.param(PROMISED, STRANGER, ProofError, NO_KEY, id="another key than that of a wallet to come"),
        pytest.param(
            WALLET,
            STRANGER,
            ProofError,
            "The smart wallet {} does not accept that signature. Sign with its own key, and if the wallet is locked, "
            "unlock it first; then try again. A wallet that cannot check signatures (EIP-1271) cannot be proven here.",
            id="another key than that of a wallet",
        ),
        pytest.param(
            LOCKED,
            "",
            UndecidedError,
            "The smart wallet {} is locked, and accepts no signature while it is: unlock it with its guardians, then "
            "try again.",
            id="a locked wallet",
        ),
    ],
)
async def test_who_is_refused_reads_which_address_it_is_about(
    sandbox: SandboxClient, source: LoopringSource, account: int, word: str, kind: type[TesseraError], sentence: str
) -> None:
    async with open_verifiers(sandbox, source) as verifiers:
        assert await refusal_of(verifiers, account, word) == (kind, sentence)


@pytest.mark.parametrize(
    ("nodes", "factories", "kind", "sentence"),
    [
        pytest.param(
            (),
            [FACTORY],
            ProofError,
            "That signature is not by the address's own key. If the address is a smart wallet, only its contract can "
            "confirm it, and this bot has no Ethereum node to ask: its operator must set ETH_RPC_URL.",
            id="no node",
        ),
        pytest.param(
            (A,),
            [],
            UndecidedError,
            "The smart wallet {} is not deployed, and comes from a factory that this bot does not trust: its operator "
            "must look at wallet_factories.",
            id="no factory",
        ),
    ],
)
async def test_who_needs_what_the_operator_did_not_set_reads_what_that_is(
    sandbox: SandboxClient,
    source: LoopringSource,
    nodes: Sequence[str],
    factories: Sequence[str],
    kind: type[TesseraError],
    sentence: str,
) -> None:
    async with open_verifiers(sandbox, source, nodes=nodes, factories=factories) as verifiers:
        assert await refusal_of(verifiers, PROMISED) == (kind, sentence)


async def test_while_loopring_is_down_the_member_reads_to_try_again_in_a_minute(
    sandbox: SandboxClient, source: LoopringSource, skipping: SkippingClock
) -> None:
    async with open_verifiers(sandbox, source) as verifiers:
        whole = await sandbox.get(f"/loopring/api/v3/{INFO}", address=owner(PROMISED))
        await sandbox.fault("html", INFO)
        later = "Whether {} is a wallet of that key cannot be found out right now. Try again in a minute."
        assert await refusal_of(verifiers, PROMISED) == (UndecidedError, later)
        await sandbox.reset()
        skipping.skip(3)
        await sandbox.fault("status", INFO, status=200, body=whole | {"walletSalt": "1664582401"})
        assert await refusal_of(verifiers, PROMISED) == (ProofError, NO_KEY)


async def test_a_member_whose_wallet_no_source_knows_reads_that_too(sandbox: SandboxClient) -> None:
    async with aiohttp.ClientSession() as session, open_linking() as harness:
        nodes = Nodes(session, [sandbox.url + A])
        verifier = SignatureVerifier(
            nodes,
            harness.lookup.wallets.counterfactual,
            [FACTORY],
            knows_wallets=harness.lookup.wallets.can_be_looked_up,
        )
        nobody_knows = "Whether it is a smart wallet of Loopring's that is not deployed, no source of this bot can say."
        assert await refusal_of(Verifiers(sandbox, harness, verifier), PROMISED) == (
            ProofError,
            f"{NO_KEY} {nobody_knows}",
        )


async def test_who_signs_for_a_smart_wallet_with_another_key_than_was_connected_reads_which_was(
    harness: LinkingHarness,
) -> None:
    session, key = (await begin(harness, ANN)).session, owner_of("two")
    issued = await harness.linking.verification.challenge(session, key)
    with pytest.raises(ProofError) as caught:
        await harness.linking.verification.submit(
            session, issued.challenge_id, sign("three", issued.text.encode()).hex()
        )
    assert caught.value.sentence == NO_KEY.format(checksummed(key))
