"""Whose signature it is: keys, contracts, wallets that are not deployed yet; and what is no answer to that."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.errors import ProofError, TesseraError, UndecidedError
from bot.links import ProofKind
from bot.sources.askers import Asker, Askers
from bot.sources.loopring import LoopringSource
from sandbox.signing import sign
from tests.blockscout_source import open_blockscout
from tests.linking.harness import ANN, BEN
from tests.linking.verifiers import FACTORY, STRANGER, TEXT, Verifiers, former_key, key, open_verifiers, owner
from tests.sandbox_client import SandboxClient

KEYED, WALLET, LOCKED, REVERTING, EMPTY, SLOW, CHAINED, BORROWED, PROMISED, RECOVERED, PLAIN = (
    10001,
    *range(10021, 10031),
)
INFO = "counterFactualInfo"
NOT_OF_THE_TEXT = (
    "A proof is a signature of the text itself: sign that text as a message in your wallet (personal_sign), and send "
    "the signature as the wallet gives it."
)


@pytest.fixture
async def verifiers(sandbox: SandboxClient, source: LoopringSource) -> AsyncIterator[Verifiers]:
    """Those of a bot with one node and one trusted factory."""
    async with open_verifiers(sandbox, source) as verifiers:
        yield verifiers


OLDER, ANY = 10031, 10033
OF_THE_TEXT = ["personal", "v0", "compact", "loopring02"]
OF_ITS_DIGEST = ["opaque", "opaque02", "loopring03"]


@pytest.mark.parametrize("style", OF_THE_TEXT)
@pytest.mark.parametrize("account", [KEYED, BORROWED])
async def test_a_key_proves_its_address_and_a_node_is_asked_for_its_code_alone(
    verifiers: Verifiers, account: int, style: str
) -> None:
    assert await verifiers.verify(account, style=style) is ProofKind.KEY
    assert await verifiers.asked() == 1


@pytest.mark.parametrize("account", [KEYED, BORROWED])
async def test_a_key_needs_no_node(sandbox: SandboxClient, source: LoopringSource, account: int) -> None:
    async with open_verifiers(sandbox, source, nodes=()) as verifiers:
        assert await verifiers.verify(account) is ProofKind.KEY


@pytest.mark.parametrize("style", OF_THE_TEXT)
@pytest.mark.parametrize("account", [WALLET, CHAINED, RECOVERED, PLAIN, OLDER])
async def test_a_contract_is_asked_about_its_own_signatures(verifiers: Verifiers, account: int, style: str) -> None:
    """In whatever form they come: an older wallet of Loopring's takes only the one with 02, another maker's only 65."""
    assert await verifiers.verify(account, style=style) is ProofKind.CONTRACT
    # The code, two forms of the signature, of each form that is accepted whether it is one of the digest, and twice
    # whether the key that signed the digest would be the owner's.
    assert await verifiers.asked() == (7 if account in (WALLET, CHAINED, RECOVERED) else 6)


@pytest.mark.parametrize("account", [KEYED, BORROWED, PROMISED, WALLET, CHAINED, RECOVERED, PLAIN, OLDER])
@pytest.mark.parametrize("style", OF_ITS_DIGEST)
async def test_a_signature_of_32_opaque_bytes_proves_nothing(verifiers: Verifiers, account: int, style: str) -> None:
    """Any site can have the text's digest signed, as a nonce; the wallet then shows neither the text nor its domain."""
    with pytest.raises(ProofError) as caught:
        await verifiers.verify(account, style=style)
    if style == "loopring03":
        assert caught.value.sentence == NOT_OF_THE_TEXT
        assert await verifiers.asked() == 0


@pytest.mark.parametrize("account", [WALLET, CHAINED, RECOVERED])
@pytest.mark.parametrize("style", ["opaque", "opaque02"])
async def test_a_contract_that_lets_a_signature_of_opaque_bytes_pass_is_not_followed(
    verifiers: Verifiers, account: int, style: str
) -> None:
    with pytest.raises(ProofError) as caught:
        await verifiers.verify(account, style=style)
    assert caught.value.sentence == NOT_OF_THE_TEXT


@pytest.mark.parametrize("more", [b"\x1b", b"\x1c", b"\x02\x02", b"\x03\x03", b"\x03" * 32, bytes(65)])
@pytest.mark.parametrize("account", [WALLET, CHAINED, OLDER])
async def test_no_bytes_behind_a_signature_of_opaque_bytes_make_it_a_proof(
    verifiers: Verifiers, account: int, more: bytes
) -> None:
    """Loopring's wallets drop the 66th byte whatever it is, and take no other length."""
    for form in (more, b"\x03" + more):
        with pytest.raises(ProofError):
            await verifiers.verify(account, signature=sign(key(account), TEXT.encode(), "opaque") + form)


@pytest.mark.parametrize("signature", [sign("10033", TEXT.encode()), bytes(65 * 3), b"\x01" * 300])
async def test_a_contract_that_accepts_anything_proves_nothing(verifiers: Verifiers, signature: bytes) -> None:
    with pytest.raises(ProofError) as caught:
        await verifiers.verify(ANY, signature=signature)
    assert caught.value.sentence == NOT_OF_THE_TEXT


@pytest.mark.parametrize("style", OF_ITS_DIGEST)
@pytest.mark.parametrize("account", [WALLET, PROMISED, OLDER])
async def test_the_key_of_a_smart_wallet_signs_the_text_too(verifiers: Verifiers, account: int, style: str) -> None:
    key_address = (await verifiers.sandbox.post("/_sandbox/sign", {"account": str(account), "text": "?"}))["address"]
    assert key_address != owner(account)
    assert await verifiers.verify(account, signer=key_address.lower()) in (ProofKind.CONTRACT, ProofKind.COUNTERFACTUAL)
    with pytest.raises(ProofError, match=r"by another key than that of|A proof is a signature of the text itself"):
        await verifiers.verify(account, style=style, signer=key_address.lower())


@pytest.mark.parametrize("account", [WALLET, OLDER])
async def test_a_node_that_fails_at_the_second_question_leaves_it_undecided(verifiers: Verifiers, account: int) -> None:
    await verifiers.fault("/ethereum/1", "status", status=502, times=1, after=3)
    with pytest.raises(UndecidedError):
        await verifiers.verify(account)


CHAIN = {"jsonrpc": "2.0", "id": 1, "result": "0x1"}


@pytest.mark.parametrize("account", [WALLET, OLDER])
async def test_at_the_second_question_only_a_clear_no_is_one(verifiers: Verifiers, account: int) -> None:
    """What the contract says of opaque bytes is unknown where the node's gas ran out, or nobody knows its words."""
    for words in ("out of gas", "VM execution error.", "the call was not run, or reverted"):
        body = [CHAIN, {"jsonrpc": "2.0", "id": 2, "error": {"code": -32000, "message": words}}]
        # For all that is asked then, and for the first of it: whether opaque bytes are accepted.
        for times in (None, 1):
            await verifiers.fault("/ethereum/1", "status", status=200, body=body, after=3, times=times)
            with pytest.raises(UndecidedError):
                await verifiers.verify(account)
            await verifiers.sandbox.clear_faults()
    body = [CHAIN, {"jsonrpc": "2.0", "id": 2, "error": {"code": -32000, "message": "execution reverted"}}]
    await verifiers.fault("/ethereum/1", "status", status=200, body=body, after=3)
    assert await verifiers.verify(account) is ProofKind.CONTRACT


@pytest.mark.parametrize(
    ("account", "word", "words"),
    [
        pytest.param(KEYED, STRANGER, "by another key than that of", id="another key"),
        pytest.param(WALLET, STRANGER, "does not accept", id="another key than the wallet's"),
        pytest.param(CHAINED, STRANGER, "does not accept", id="another key than the wallet's owner's"),
        pytest.param(REVERTING, "", "does not accept", id="a contract that reverts"),
        pytest.param(EMPTY, "", "does not accept", id="a contract that says nothing"),
        pytest.param(BORROWED, STRANGER, "does not accept", id="EIP-7702 and another key"),
        pytest.param(PLAIN, STRANGER, "does not accept", id="not Loopring's wallet, and another key"),
        pytest.param(RECOVERED, former_key(RECOVERED), "does not accept", id="deployed, and recovered from that key"),
        pytest.param(PROMISED, STRANGER, "by another key", id="not deployed, and another key"),
    ],
)
async def test_what_is_no_proof_is_refused(verifiers: Verifiers, account: int, word: str, words: str) -> None:
    with pytest.raises(ProofError, match=words):
        await verifiers.verify(account, word)


@pytest.mark.parametrize("account", [KEYED, WALLET, CHAINED, PROMISED, PLAIN])
async def test_a_signature_of_another_text_proves_nothing(verifiers: Verifiers, account: int) -> None:
    with pytest.raises(ProofError):
        await verifiers.verify(account, text="I am Discord user mallory (ID 666).")


@pytest.mark.parametrize("account", [KEYED, WALLET])
async def test_the_twin_of_a_signature_that_anybody_can_make_proves_nothing(verifiers: Verifiers, account: int) -> None:
    with pytest.raises(ProofError):
        await verifiers.verify(account, style="high_s")


@pytest.mark.parametrize("word", ["", STRANGER])
async def test_a_locked_wallet_is_reported_with_what_to_do(verifiers: Verifiers, word: str) -> None:
    with pytest.raises(UndecidedError, match=r"is locked, .* unlock it with its guardians, then try again"):
        await verifiers.verify(LOCKED, word)


async def test_only_a_wallet_that_says_no_as_loopring_s_do_is_asked_whether_it_is_locked(verifiers: Verifiers) -> None:
    # The code, two forms, those of three changed texts, and perhaps the state.
    for account, asked in ((PLAIN, 9), (WALLET, 9 + 10)):
        with pytest.raises(ProofError, match="does not accept"):
            await verifiers.verify(account, STRANGER)
        assert await verifiers.asked() == asked


async def test_a_wallet_that_takes_too_long_gives_no_answer(sandbox: SandboxClient, source: LoopringSource) -> None:
    async with open_verifiers(sandbox, source, seconds=0.5) as verifiers:
        with pytest.raises(UndecidedError, match="Try again"):
            await verifiers.verify(SLOW)
        await verifiers.behave(wallet_seconds=0.01)
        assert await verifiers.verify(SLOW) is ProofKind.CONTRACT


@pytest.mark.parametrize("account", [WALLET, PROMISED])
async def test_without_a_node_only_keys_can_be_verified(
    sandbox: SandboxClient, source: LoopringSource, account: int
) -> None:
    async with open_verifiers(sandbox, source, nodes=()) as verifiers:
        with pytest.raises(ProofError, match="no Ethereum node to ask: its operator must set ETH_RPC_URL"):
            await verifiers.verify(account)
        assert await verifiers.verify(KEYED) is ProofKind.KEY


# ---------------------------------------------------------------- wallets that are not deployed


@pytest.mark.parametrize("style", OF_THE_TEXT)
async def test_an_undeployed_wallet_is_proven_by_its_owners_key(verifiers: Verifiers, style: str) -> None:
    assert await verifiers.verify(PROMISED, style=style) is ProofKind.COUNTERFACTUAL


async def test_a_factory_that_is_not_trusted_decides_nothing(sandbox: SandboxClient, source: LoopringSource) -> None:
    async with open_verifiers(sandbox, source, factories=["0x" + "5" * 40]) as verifiers:
        with pytest.raises(UndecidedError, match="its operator must look at wallet_factories"):
            await verifiers.verify(PROMISED)


@pytest.mark.parametrize(
    ("reported", "kind"),
    [
        pytest.param({"walletSalt": "1664582401"}, ProofError, id="a salt that leads elsewhere"),
        pytest.param({"walletOwner": owner(KEYED)}, ProofError, id="another owner"),
        pytest.param({"wallet": owner(KEYED)}, UndecidedError, id="another wallet than was asked about"),
        pytest.param({"walletSalt": str(2**256)}, UndecidedError, id="more than fits into a salt"),
        pytest.param({"walletSalt": "-1"}, UndecidedError, id="less than nothing"),
        pytest.param({"walletOwner": ""}, UndecidedError, id="no owner"),
    ],
)
async def test_what_loopring_reports_of_a_wallet_is_computed_again(
    verifiers: Verifiers, reported: dict[str, str], kind: type[TesseraError]
) -> None:
    whole = await verifiers.sandbox.get(f"/loopring/api/v3/{INFO}", address=owner(PROMISED))
    await verifiers.sandbox.fault("status", INFO, status=200, body=whole | reported)
    with pytest.raises(TesseraError) as caught:
        await verifiers.verify(PROMISED)
    assert type(caught.value) is kind


async def test_a_factory_that_computes_nothing_proves_nothing(sandbox: SandboxClient, source: LoopringSource) -> None:
    """An address without code returns nothing to whatever it is asked."""
    async with open_verifiers(sandbox, source, factories=[owner(KEYED)]) as verifiers:
        whole = await sandbox.get(f"/loopring/api/v3/{INFO}", address=owner(PROMISED))
        await sandbox.fault("status", INFO, status=200, body=whole | {"walletFactory": owner(KEYED)})
        with pytest.raises(ProofError):
            await verifiers.verify(PROMISED)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("out of gas", UndecidedError),
        ("VM execution error.", UndecidedError),
        ("execution reverted", ProofError),
    ],
)
async def test_a_factory_that_ends_unclearly_says_nothing_of_a_key(
    verifiers: Verifiers, words: str, kind: type[TesseraError]
) -> None:
    body = [CHAIN, {"jsonrpc": "2.0", "id": 2, "error": {"code": -32000, "message": words}}]
    await verifiers.fault("/ethereum/1", "status", status=200, body=body, after=1)
    with pytest.raises(TesseraError) as caught:
        await verifiers.verify(PROMISED)
    assert type(caught.value) is kind


@pytest.mark.parametrize("kind", ["html", "reset", "torn"])
async def test_loopring_being_down_is_not_a_no(verifiers: Verifiers, kind: str) -> None:
    await verifiers.sandbox.fault(kind, INFO)
    with pytest.raises(UndecidedError, match="cannot be found out right now"):
        await verifiers.verify(PROMISED)


async def test_what_loopring_reported_once_is_enough_when_it_is_down(verifiers: Verifiers) -> None:
    await verifiers.harness.accounts.link(ANN, str(PROMISED))
    assert await verifiers.harness.rows("SELECT wallet, factory, owner FROM wallets") == [
        (
            owner(PROMISED),
            FACTORY,
            (await verifiers.sandbox.get(f"/loopring/api/v3/{INFO}", accountId=PROMISED))["walletOwner"],
        )
    ]
    await verifiers.sandbox.fault("html", "/api/")
    assert await verifiers.verify(PROMISED) is ProofKind.COUNTERFACTUAL
    with pytest.raises(ProofError):
        await verifiers.verify(PROMISED, STRANGER)


async def test_where_no_source_knows_wallets_the_message_says_so(sandbox: SandboxClient) -> None:
    async with open_blockscout(sandbox) as blind, open_verifiers(sandbox, blind) as verifiers:
        words = "is not deployed, no source of this bot can say"
        with pytest.raises(ProofError, match=words):
            await verifiers.verify(PROMISED)
        with pytest.raises(ProofError, match="by another key") as deployed:
            await verifiers.verify(KEYED, STRANGER)
        assert words in deployed.value.sentence  # of an address without code it cannot be reported either
        assert await verifiers.verify(WALLET) is ProofKind.CONTRACT
    assert await sandbox.requests(INFO) == []


async def test_what_was_stored_before_is_enough_where_no_source_knows_wallets_any_more(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    known = await source.fetch_counterfactual(owner(PROMISED), Askers(Asker.member(1)))
    assert known
    async with open_blockscout(sandbox) as blind, open_verifiers(sandbox, blind) as verifiers:
        await verifiers.harness.store.wallets.save(known, verifiers.harness.now)
        assert await verifiers.verify(PROMISED) is ProofKind.COUNTERFACTUAL
        with pytest.raises(ProofError) as another:
            await verifiers.verify(PROMISED, STRANGER)
        assert "no source of this bot" not in another.value.sentence


async def test_what_loopring_reported_once_is_not_enough_when_the_wallet_is_deployed(verifiers: Verifiers) -> None:
    """Recorded before it was deployed, and recovered from a thief since: the thief's key is still on record."""
    await verifiers.harness.accounts.link(ANN, str(RECOVERED))
    [(known,)] = await verifiers.harness.rows("SELECT owner FROM wallets")
    assert known != owner(RECOVERED)
    with pytest.raises(ProofError):
        await verifiers.verify(RECOVERED, former_key(RECOVERED))


async def test_the_key_of_a_smart_wallet_may_be_connected_in_its_place(verifiers: Verifiers) -> None:
    key_address = await verifiers.sandbox.post("/_sandbox/sign", {"account": str(WALLET), "text": "?"})
    outcome = await verifiers.harness.prove(
        ANN, f"loopring:{WALLET}", key(WALLET), signer=key_address["address"], owner=owner(WALLET)
    )
    assert outcome.owner == owner(WALLET)
    assert await verifiers.harness.listed(ANN) == {f"loopring:{WALLET}": True}
    with pytest.raises(ProofError, match="by another key than that of"):
        await verifiers.harness.prove(
            BEN, f"loopring:{WALLET}", STRANGER, signer=key_address["address"], owner=owner(WALLET)
        )
