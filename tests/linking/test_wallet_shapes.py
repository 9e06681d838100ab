"""Signatures in the shapes wallets make: wrapped (ERC-6492), empty, long, and of a text that was changed on its way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import chain, repeat

import pytest

from bot.errors import ProofError, UndecidedError
from bot.linking.contract_signatures import ANSWER_SECONDS
from bot.links import ProofKind
from bot.signing.signature import personal_digest, personal_digest_of_bytes
from bot.sources.loopring import LoopringSource
from sandbox.ethereum.creation import CREATE_ACCOUNT, CREATE_BY_GAS
from sandbox.signing import sign
from tests.linking.verifiers import FACTORY, STRANGER, TEXT, A, B, Verifiers, key, open_verifiers, owner
from tests.sandbox_client import SandboxClient
from tests.signing.test_wrapped import wrap

KEYED, WALLET, REVERTING, BORROWED, PROMISED, PLAIN, OLDER = 10001, 10021, 10023, 10027, 10028, 10030, 10031
NOT_OF_THE_TEXT = "A proof is a signature of the text itself"
DEPLOY_FIRST = r"is not deployed on Ethereum, and what would be deployed there does not accept .* Deploy it first"


@pytest.fixture
async def verifiers(sandbox: SandboxClient, source: LoopringSource) -> AsyncIterator[Verifiers]:
    """Those of a bot with two nodes and one trusted factory."""
    async with open_verifiers(sandbox, source, nodes=(A, B), seconds=20.0) as verifiers:
        yield verifiers


def wrapped(
    account: int, *, style: str = "personal", word: str = "", factory: str = FACTORY, deployed: int | None = None
) -> bytes:
    """A signature for an account's owner, in the wrapping that has its factory deploy a wallet."""
    call = CREATE_ACCOUNT + bytes(12) + bytes.fromhex(owner(deployed or account)[2:])
    return wrap(call, sign(word or key(account), TEXT.encode(), style), factory)


# ---------------------------------------------------------------- ERC-6492


@pytest.mark.parametrize("style", ["personal", "v0", "compact", "loopring02"])
async def test_a_wallet_is_proven_before_it_is_deployed(verifiers: Verifiers, style: str) -> None:
    """Reown appkit#3260, x402#672: most passkey wallets are deployed by their first transaction."""
    assert await verifiers.verify(PROMISED, signature=wrapped(PROMISED, style=style)) is ProofKind.COUNTERFACTUAL


@pytest.mark.parametrize("account", [WALLET, PLAIN, OLDER])
async def test_a_wallet_that_is_deployed_meanwhile_is_asked_about_what_was_wrapped(
    verifiers: Verifiers, account: int
) -> None:
    """smart-wallet#98: the app does not know on which chains its wallet is deployed."""
    assert await verifiers.verify(account, signature=wrapped(account)) is ProofKind.CONTRACT
    with pytest.raises(ProofError, match="does not accept"):
        await verifiers.verify(account, signature=wrapped(account, word=STRANGER))


@pytest.mark.parametrize("style", ["opaque", "opaque02", "loopring03"])
@pytest.mark.parametrize("account", [KEYED, WALLET, PROMISED, PLAIN, OLDER])
async def test_wrapping_makes_no_proof_of_a_signature_of_opaque_bytes(
    verifiers: Verifiers, account: int, style: str
) -> None:
    with pytest.raises(ProofError):
        await verifiers.verify(account, signature=wrapped(account, style=style))


@pytest.mark.parametrize("style", ["opaque", "opaque02", "loopring03"])
async def test_a_wallet_that_is_not_deployed_is_asked_twice_as_well(verifiers: Verifiers, style: str) -> None:
    with pytest.raises(ProofError, match=NOT_OF_THE_TEXT):
        await verifiers.verify(PROMISED, signature=wrapped(PROMISED, style=style))


@pytest.mark.parametrize("gas", [0, 1])
async def test_a_factory_that_deploys_for_one_question_alone_makes_no_proof_of_opaque_bytes(
    verifiers: Verifiers, gas: int
) -> None:
    """It can tell two creations apart by the gas that is left: by one zero byte more in a digest, for instance."""
    texts = (f"{TEXT} {number}" for number in range(10_000))
    text = next(each for each in texts if zeros(each) == (1, 0))
    call = CREATE_BY_GAS + bytes(12) + bytes.fromhex(owner(PROMISED)[2:]) + gas.to_bytes(32)
    for style in ("opaque", "opaque02"):
        signature = wrap(call, sign(key(PROMISED), text.encode(), style), FACTORY)
        with pytest.raises(ProofError, match=f"{NOT_OF_THE_TEXT}|{DEPLOY_FIRST}"):
            await verifiers.verify(PROMISED, signature=signature, issued=text)


def zeros(text: str) -> tuple[int, int]:
    """How many zero bytes the digest of a text has, and that of its own bytes."""
    digest = personal_digest(text)
    return digest.count(0), personal_digest_of_bytes(digest).count(0)


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(wrapped(PROMISED, word=STRANGER), id="another key"),
        pytest.param(wrapped(PROMISED, deployed=KEYED), id="another wallet is deployed"),
        pytest.param(wrapped(PROMISED, factory=owner(KEYED)), id="a factory without code"),
        pytest.param(wrapped(PROMISED, factory=owner(REVERTING)), id="a factory that reverts"),
        pytest.param(wrapped(PROMISED, factory=owner(WALLET)), id="a factory that is none"),
        pytest.param(wrap(b"", sign(key(PROMISED), TEXT.encode()), FACTORY), id="no call of the factory"),
        pytest.param(
            wrap(bytes(50_000), sign(key(PROMISED), TEXT.encode()), FACTORY), id="more than a creation may have"
        ),
    ],
)
async def test_what_would_not_be_accepted_once_deployed_is_refused(verifiers: Verifiers, signature: bytes) -> None:
    with pytest.raises(ProofError, match=DEPLOY_FIRST):
        await verifiers.verify(PROMISED, signature=signature)


async def test_nobody_proves_an_address_without_code_by_having_something_deployed_elsewhere(
    verifiers: Verifiers,
) -> None:
    for signature in (
        wrapped(PROMISED),
        wrapped(KEYED, word=STRANGER),
        wrapped(KEYED, word=STRANGER, deployed=PROMISED),
    ):
        with pytest.raises(ProofError, match=DEPLOY_FIRST):
            await verifiers.verify(KEYED, signature=signature)


@pytest.mark.parametrize("mode", ["error", "wrong_chain", "lying_valid"])
async def test_one_node_that_disagrees_about_a_wallet_to_be_deployed_decides_nothing(
    verifiers: Verifiers, mode: str
) -> None:
    await verifiers.behave(node="b", mode=mode)
    with pytest.raises(UndecidedError):
        await verifiers.verify(PROMISED, signature=wrapped(PROMISED, word=STRANGER))


async def test_nodes_that_create_nothing_leave_it_undecided_with_what_to_do(verifiers: Verifiers) -> None:
    await verifiers.behave(mode="no_creations")
    with pytest.raises(
        UndecidedError, match=r"cannot be found out right now\. Try again in a minute, or deploy it first"
    ):
        await verifiers.verify(PROMISED, signature=wrapped(PROMISED))


@pytest.mark.parametrize("cut", [b"", wrapped(PROMISED)[:200], wrapped(PROMISED)[32:-32]])
async def test_a_wrapping_that_is_not_whole_is_named(verifiers: Verifiers, cut: bytes) -> None:
    with pytest.raises(ProofError, match=r"wrapped for a wallet that is not deployed .* not whole"):
        await verifiers.verify(PROMISED, signature=cut + b"\x64\x92" * 16)


async def test_a_long_signature_for_an_address_without_a_wallet_says_so(verifiers: Verifiers) -> None:
    with pytest.raises(ProofError, match=r"is no smart wallet on Ethereum, and no key made that signature"):
        await verifiers.verify(PROMISED, signature=b"\x05" * 2_000)


# ---------------------------------------------------------------- empty, and long


async def test_an_empty_signature_is_accepted_from_a_safe_that_signed_on_chain(verifiers: Verifiers) -> None:
    await verifiers.sandbox.post("/_sandbox/sign", {"account": str(PLAIN), "text": TEXT, "on_chain": True})
    assert await verifiers.verify(PLAIN, signature=b"") is ProofKind.CONTRACT


async def test_an_empty_signature_of_opaque_bytes_signed_on_chain_proves_nothing(verifiers: Verifiers) -> None:
    """Both were signed there: the text, and its digest as a message of its own. The second answer decides."""
    for style in ("personal", "opaque"):
        signing = {"account": str(PLAIN), "text": TEXT, "style": style, "on_chain": True}
        await verifiers.sandbox.post("/_sandbox/sign", signing)
    with pytest.raises(ProofError, match=NOT_OF_THE_TEXT):
        await verifiers.verify(PLAIN, signature=b"")


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (PLAIN, "has not signed that text on Ethereum"),
        (WALLET, "has not signed that text on Ethereum"),
        (KEYED, "at 0x.* there is none"),
        (PROMISED, "at 0x.* there is none"),
    ],
)
async def test_an_empty_signature_of_nothing_is_no_proof(verifiers: Verifiers, account: int, words: str) -> None:
    with pytest.raises(ProofError, match=words):
        await verifiers.verify(account, signature=b"")


# ---------------------------------------------------------------- EIP-7702


async def test_an_account_that_borrows_code_is_told_of_both_its_key_and_its_code(verifiers: Verifiers) -> None:
    """openzeppelin-contracts#5707."""
    assert await verifiers.verify(BORROWED) is ProofKind.KEY
    with pytest.raises(ProofError, match=r"by another key .* whose code that account borrows \(EIP-7702\) does not"):
        await verifiers.verify(BORROWED, STRANGER)
    with pytest.raises(ProofError, match=r"The smart wallet 0x.* does not accept"):
        await verifiers.verify(PLAIN, STRANGER)


DELEGATION = "ef0100" + "63" * 20


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("ef0101" + "ff" * 20, id="another version"),
        pytest.param(DELEGATION[:-2], id="a byte less than an address"),
        pytest.param(DELEGATION + "00", id="EIP-7851: a byte more, of a key that was switched off"),
        pytest.param("ef0100", id="no address"),
        pytest.param("ef", id="EIP-3541: the byte that no contract begins with"),
        pytest.param("ef0001" + "00" * 40, id="EIP-3540: another form of code"),
    ],
)
@pytest.mark.parametrize("word", ["", STRANGER])
async def test_code_of_a_kind_that_is_not_known_leaves_its_key_without_a_say(
    verifiers: Verifiers, code: str, word: str
) -> None:
    await verifiers.behave(code=code)
    with pytest.raises(
        ProofError, match=rf"has code on Ethereum that begins with 0x{code[:6]}, .* Prove another address"
    ):
        await verifiers.verify(KEYED, word)


async def test_exactly_the_code_of_a_borrower_leaves_its_key_its_say(verifiers: Verifiers) -> None:
    await verifiers.behave(code=DELEGATION)
    assert await verifiers.verify(KEYED) is ProofKind.KEY


async def test_a_contract_at_the_address_of_a_key_decides_alone(verifiers: Verifiers) -> None:
    await verifiers.behave(code="6080604052")
    with pytest.raises(ProofError, match=r"The smart wallet 0x.* does not accept"):
        await verifiers.verify(KEYED)


@pytest.mark.parametrize("node", ["a", "b"])
@pytest.mark.parametrize("behaviour", [{"code": "ef0101" + "ff" * 20}, {"mode": "error"}, {"mode": "wrong_chain"}])
async def test_nodes_that_do_not_agree_on_code_take_nothing_from_a_key(
    verifiers: Verifiers, node: str, behaviour: dict[str, str]
) -> None:
    await verifiers.behave(node=node, **behaviour)
    assert await verifiers.verify(KEYED) is ProofKind.KEY


# ---------------------------------------------------------------- texts that were changed

CHANGES = [
    pytest.param(TEXT.replace("\n", "\r\n"), "with other line ends", id="Windows' line ends, opendime#11"),
    pytest.param(TEXT.replace("\n", " "), "with other line ends", id="in one line, btc-rpc-explorer#215"),
    pytest.param(TEXT.replace("\n", "\\n"), "with other line ends", id="a script's letters for a line end"),
    pytest.param(TEXT + "\n", "with a blank or a line end behind it", id="echo's line end"),
    pytest.param(TEXT + " ", "with a blank or a line end behind it", id="a blank behind"),
    pytest.param(TEXT + "\r\n", "with a blank or a line end behind it", id="Windows' line end behind"),
    pytest.param(TEXT.replace("\n", "\r\n") + "\r\n", "with a blank or a line end behind it", id="a file of Windows"),
    pytest.param("\n" + TEXT, "with something around it", id="a line end before"),
    pytest.param(f'"{TEXT}"', "with something around it", id="in quotes"),
    pytest.param("0x" + TEXT.encode().hex(), "as hex digits", id="hex as a text, etherwallet#517"),
]


@pytest.mark.parametrize(("text", "words"), CHANGES)
@pytest.mark.parametrize("account", [KEYED, PROMISED])
async def test_a_text_that_was_changed_is_told_from_another_key(
    verifiers: Verifiers, account: int, text: str, words: str
) -> None:
    with pytest.raises(ProofError, match=words) as caught:
        await verifiers.verify(account, text=text)
    assert "another key" not in caught.value.sentence


@pytest.mark.parametrize("ending", ["\n", " "])
@pytest.mark.parametrize("account", [WALLET, PLAIN, OLDER])
async def test_a_contract_is_asked_whether_the_text_was_changed(
    verifiers: Verifiers, account: int, ending: str
) -> None:
    with pytest.raises(ProofError, match="with a blank or a line end behind it"):
        await verifiers.verify(account, text=TEXT + ending)


@pytest.mark.parametrize("left", [-10.0, 0.0, 0.001])
async def test_a_refusal_waits_for_no_better_words_when_its_time_is_over(
    sandbox: SandboxClient, source: LoopringSource, left: float
) -> None:
    """The page gives its answer within 25 seconds, whatever could still be found out."""
    # At the start, before the code and two forms are asked for, and from then on.
    times = chain([0.0] * 4, repeat(ANSWER_SECONDS - left))
    async with open_verifiers(sandbox, source, clock=lambda: next(times)) as verifiers:
        with pytest.raises(ProofError, match="does not accept that signature"):
            await verifiers.verify(PLAIN, text=TEXT + "\n")
        assert left > 0 or await verifiers.asked() == 1 + 2  # the code, and two forms


async def test_the_key_of_a_smart_wallet_is_told_so_as_well(verifiers: Verifiers) -> None:
    signer = (await verifiers.sandbox.post("/_sandbox/sign", {"account": str(WALLET), "text": "?"}))["address"].lower()
    with pytest.raises(ProofError, match="with a blank or a line end behind it"):
        await verifiers.verify(WALLET, text=TEXT + "\n", signer=signer)


@pytest.mark.parametrize("account", [KEYED, PROMISED])
async def test_a_changed_text_signed_by_another_key_is_by_another_key(verifiers: Verifiers, account: int) -> None:
    with pytest.raises(ProofError, match="by another key"):
        await verifiers.verify(account, STRANGER, text=TEXT + "\n")
