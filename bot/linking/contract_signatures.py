"""Asks smart wallets about signatures (EIP-1271): deployed ones, and those that their factory would deploy (ERC-6492).

Loopring's wallets accept a signature of the text's digest as well, whatever its form, so a contract that accepts one is
asked about it a second time: whether it takes it for a signature of that digest. If it does, it was made of 32 bytes
that nobody could read, and proves nothing. Some contracts accept nothing else: there the key that would have signed
such bytes is the owner's, which no signature of the text leads to by chance. At the second question only a clear no
is one: what is not known there is no reason to accept.

Who deploys a wallet (ERC-6492) is chosen by the one who sends the signature, and may do it for one question and not for
another: it can tell them apart by the gas that is left, or by the block. So all of them are asked in one simulated
creation, after one call of the factory, and whether the text's signature is accepted is asked last: a question that ran
out of gas took 63 of 64 parts of it along (EIP-150), and left too little for that answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.errors import ProofError, UndecidedError
from bot.linking.ethereum import Nodes
from bot.messages import Message
from bot.signing.abi import (
    OWNER_CALL,
    calls_after,
    is_magic,
    is_owner_call,
    is_true,
    read_address,
    read_answers,
    valid_signature_call,
)
from bot.signing.changed_text import Change, commonest_changes
from bot.signing.signature import checksummed, contract_forms, personal_digest, personal_digest_of_bytes, recover
from bot.signing.wrapped import Wrapped

# The same for each form of a signature that is of no text, and for what a contract lets pass: which it is, is no help.
NOT_OF_THE_TEXT = Message(
    "A proof is a signature of the text itself: sign that text as a message in your wallet (personal_sign), "
    "and send the signature as the wallet gives it."
)
CHANGED: Mapping[Change, Message] = {
    Change.LINE_ENDS: Message(
        "That is a signature of the text with other line ends: it was changed before it was signed, by a program or a "
        "text field. Copy the new text as it is into your wallet, and sign that one."
    ),
    Change.MORE_AT_ITS_END: Message(
        "That is a signature of the text with a blank or a line end behind it: it was changed before it was signed. "
        "Sign the new text without anything behind its last letter."
    ),
    Change.OTHER: Message(
        "That is a signature of the text with something around it (a blank, quotes), or of its letters as hex digits: "
        "it was changed before it was signed. Sign the new text alone, as it is."
    ),
}
_REFUSED = Message(
    "The smart wallet {owner} does not accept that signature. Sign with its own key, and if the wallet is "
    "locked, unlock it first; then try again. A wallet that cannot check signatures (EIP-1271) cannot be "
    "proven here."
)
NOT_SIGNED_ON_CHAIN = Message(
    "The smart wallet {owner} has not signed that text on Ethereum. With 0x for a signature, its transaction must have "
    "happened first: get a new text, sign that one there, wait until it has, and then send 0x."
)
_LOCKED = Message(
    "The smart wallet {owner} is locked, and accepts no signature while it is: unlock it with its guardians, "
    "then try again."
)
DEPLOY_FIRST = Message(
    "The smart wallet {owner} is not deployed on Ethereum, and what would be deployed there does not accept that "
    "signature. Deploy it first, which its first transaction does, then sign again."
)
_LATER_OR_DEPLOY = Message(
    "What the smart wallet {owner} will answer once it is deployed on Ethereum cannot be found out right now. Try "
    "again in a minute, or deploy it first, which its first transaction does."
)
# Loopring's wallet returns only zeros for a signature that it does not accept, and for all while it is locked. Which
# of the two it is can be read from its state (`wallet()`, github.com/Loopring/protocols:
# hebao_v2, SmartWallet.sol): twelve words, the fourth is `locked`.
_ZERO_WORD = bytes(32)
_STATE_CALL = bytes.fromhex("521eb273")
_STATE_BYTES = 12 * 32
_LOCKED_WORD = slice(3 * 32, 4 * 32)

# What a wallet may use up to say who owns it: many times what that takes, and not all where it has no such function.
_OWNER_GAS = 500_000

# From the first question about a signature; the page gives an answer within 25.
ANSWER_SECONDS = 22.0


class _Send(Protocol):
    """Sends one call of the wallet; what it returns, None where it reverts."""

    async def __call__(self, call: bytes, *, clearly: bool = False) -> bytes | None: ...


async def verify_by_contract(wallet: str, text: str, signature: bytes, nodes: Nodes, *, until: float) -> None:
    """Verify that the contract at an address accepts a signature of the text, and not of its digest's own bytes.

    Args:
        wallet: The address.
        text: As it was issued.
        signature: As it was sent, unwrapped.
        nodes: Ethereum.
        until: When a refusal must be there, by the clock of the nodes.

    Raises:
        ProofError: it does not.
        UndecidedError: that cannot be found out now, or it is locked.
    """

    async def send(call: bytes, *, clearly: bool = False) -> bytes | None:
        return await nodes.call(wallet, call, clearly=clearly)

    returned = await _ask(send, personal_digest(text), contract_forms(signature))
    if not _accepted(returned):
        raise await _refusal(wallet, text, signature, returned, nodes, until)
    await _require_text(send, text, returned)


async def verify_undeployed(wallet: str, text: str, wrapped: Wrapped, nodes: Nodes) -> None:
    """Verify the same for a wallet that its factory would deploy: all are called in one simulated creation.

    Raises:
        ProofError: it would not accept it.
        UndecidedError: that cannot be found out now.
    """
    forms = contract_forms(wrapped.signature)
    try:
        asked = await asyncio.gather(*(_ask_undeployed(wallet, text, wrapped, form, nodes) for form in forms))
    except OverflowError as error:
        raise ProofError(DEPLOY_FIRST, owner=checksummed(wallet)) from error
    except UndecidedError as error:
        raise UndecidedError(_LATER_OR_DEPLOY, owner=checksummed(wallet)) from error
    accepted = [each for each in asked if each.is_accepted]
    if not accepted:
        raise ProofError(DEPLOY_FIRST, owner=checksummed(wallet))
    if any(each.is_opaque for each in accepted):
        raise ProofError(NOT_OF_THE_TEXT)


@dataclass(frozen=True, slots=True)
class _Undeployed:
    """What a wallet would say of one form of a signature: that it is of the text, or of bytes that nobody can read."""

    is_accepted: bool = False
    is_opaque: bool = False


async def _ask_undeployed(wallet: str, text: str, wrapped: Wrapped, form: bytes, nodes: Nodes) -> _Undeployed:
    digest = personal_digest(text)
    opaque = personal_digest_of_bytes(digest)
    key = await asyncio.to_thread(recover, opaque, form)
    # Without a key nobody's: the zero address owns nothing.
    calls = [
        (OWNER_CALL, _OWNER_GAS),
        (is_owner_call(key or "0x0"), _OWNER_GAS),
        (valid_signature_call(opaque, form), None),
        (valid_signature_call(digest, form), None),
    ]
    returned = await nodes.create(calls_after((wrapped.factory, wrapped.factory_call), wallet, calls))
    answers = read_answers(returned or b"")
    if len(answers) != len(calls):
        return _Undeployed()
    owner, is_owner, of_bytes, of_text = answers
    return _Undeployed(
        is_accepted=of_text is not None and is_magic(of_text),
        is_opaque=(of_bytes is not None and is_magic(of_bytes)) or _is_owned_by(key, owner, is_owner),
    )


async def _ask(
    send: _Send, digest: bytes, forms: Collection[bytes], *, clearly: bool = False
) -> dict[bytes, bytes | None]:
    """What a contract returns for each form of a signature; None where it reverts."""
    calls = (send(valid_signature_call(digest, form), clearly=clearly) for form in forms)
    return dict(zip(forms, await asyncio.gather(*calls), strict=True))


def _accepted(returned: Mapping[bytes, bytes | None]) -> list[bytes]:
    return [form for form, answer in returned.items() if answer is not None and is_magic(answer)]


async def _require_text(send: _Send, text: str, returned: Mapping[bytes, bytes | None]) -> None:
    digest, accepted = personal_digest_of_bytes(personal_digest(text)), _accepted(returned)
    key = await asyncio.to_thread(recover, digest, accepted[0])
    opaque, is_of_owner = await asyncio.gather(_ask(send, digest, accepted, clearly=True), _is_owner(send, key))
    if _accepted(opaque) or is_of_owner:
        raise ProofError(NOT_OF_THE_TEXT)


async def _is_owner(send: _Send, key: str | None) -> bool:
    """Whether a wallet says that this key owns it; many have no way to say so."""
    if key is None:
        return False
    calls = (send(call, clearly=True) for call in (OWNER_CALL, is_owner_call(key)))
    return _is_owned_by(key, *await asyncio.gather(*calls))


def _is_owned_by(key: str | None, owner: bytes | None, is_one: bytes | None) -> bool:
    """Whether a key owns a wallet, by what that returned when it was asked for its owner, and about this key."""
    if key is None:
        return False
    return (owner is not None and read_address(owner) == key) or (is_one is not None and is_true(is_one))


async def _refusal(
    wallet: str, text: str, signature: bytes, returned: Mapping[bytes, bytes | None], nodes: Nodes, until: float
) -> ProofError | UndecidedError:
    """Why a contract did not accept a signature, as far as it can be found out."""
    if not signature:
        return ProofError(NOT_SIGNED_ON_CHAIN, owner=checksummed(wallet))
    if _ZERO_WORD in returned.values() and await _is_locked(wallet, nodes):
        return UndecidedError(_LOCKED, owner=checksummed(wallet))
    change = await _find_change_in_time(wallet, text, signature, nodes, until - nodes.clock())
    return ProofError(CHANGED[change]) if change else ProofError(_REFUSED, owner=checksummed(wallet))


async def _find_change_in_time(wallet: str, text: str, signature: bytes, nodes: Nodes, seconds: float) -> Change | None:
    """The change, if that is found out in time: without it the refusal stays what it is."""
    try:
        async with asyncio.timeout(seconds):
            return await _find_change(wallet, text, signature, nodes)
    except TimeoutError:
        return None


async def _find_change(wallet: str, text: str, signature: bytes, nodes: Nodes) -> Change | None:
    """The change after which the contract accepts the signature; a node that fails now changes no refusal."""
    forms = contract_forms(signature)
    changes = list(commonest_changes(text))
    calls = (
        nodes.call(wallet, valid_signature_call(personal_digest(changed), form))
        for _, changed in changes
        for form in forms
    )
    answers = await asyncio.gather(*calls, return_exceptions=True)
    accepted = (isinstance(answer, bytes) and is_magic(answer) for answer in answers)
    owners = (change for change, _ in changes for _ in forms)
    return next((change for change, is_accepted in zip(owners, accepted, strict=True) if is_accepted), None)


async def _is_locked(wallet: str, nodes: Nodes) -> bool:
    state = await nodes.call(wallet, _STATE_CALL)
    return state is not None and len(state) == _STATE_BYTES and any(state[_LOCKED_WORD])
