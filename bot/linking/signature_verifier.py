"""Whether a signature is valid for an address: by its key, its contract, or the key of a wallet not yet deployed.

In this order: if the recovered key *is* the address, nothing else is asked. Where a contract is deployed at the
address, only that contract decides: the owner that Loopring once recorded may have been replaced since (recovery from
a thief). Where none is, a wallet of Loopring's is recognised by computing its address from its owner once more, with
a factory that the operator trusts.

Nothing proves an address but a signature of the text itself. Loopring's wallets accept a signature of the text's digest
as well, whatever its form, so a contract that accepts one is asked about it a second time: whether it takes it for a
signature of that digest. If it does, it was made of 32 bytes that nobody could read, and proves nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection

from bot.errors import ProofError, SourceError, UndecidedError
from bot.linking.ethereum import Nodes
from bot.links import Counterfactual, ProofKind
from bot.messages import Message
from bot.signing.abi import compute_wallet_call, is_magic, read_address, valid_signature_call
from bot.signing.signature import (
    checksummed,
    contract_forms,
    personal_digest,
    personal_digest_of_bytes,
    recover,
)
from bot.sources.askers import Asker

# The same for each form of a signature that is of no text, and for what a contract lets pass: which it is, is no help.
_NOT_OF_THE_TEXT = Message(
    "A proof is a signature of the text itself: sign that text as a message in your wallet (personal_sign), "
    "and send the signature as the wallet gives it."
)
# An account of EIP-7702 has the code of another one, and its own key nevertheless.
_NO_NODE = Message(
    "That signature is not by the address's own key. If the address is a smart wallet, only its contract can "
    "confirm it, and this bot has no Ethereum node to ask: its operator must set ETH_RPC_URL."
)
_OTHER_KEY = Message(
    "That signature is by another key than that of {owner}. Choose that account in your wallet, and sign again."
)
_OTHER_KEY_OR_UNKNOWN_WALLET = Message(
    "That signature is by another key than that of {owner}. Choose that account in your wallet, and sign again. "
    "Whether it is a smart wallet of Loopring's that is not deployed, no source of this bot can say."
)
_REFUSED = Message(
    "The smart wallet {owner} does not accept that signature. Sign with its own key, and if the wallet is "
    "locked, unlock it first; then try again. A wallet that cannot check signatures (EIP-1271) cannot be "
    "proven here."
)
_LOCKED = Message(
    "The smart wallet {owner} is locked, and accepts no signature while it is: unlock it with its guardians, "
    "then try again."
)
_UNKNOWN_FACTORY = Message(
    "The smart wallet {owner} is not deployed, and comes from a factory that this bot does not trust: its "
    "operator must look at wallet_factories."
)
# Loopring's wallet returns only zeros for a signature that it does not accept, and for all while it is locked. Which
# of the two it is can be read from its state (`wallet()`, github.com/Loopring/protocols:
# hebao_v2, SmartWallet.sol): twelve words, the fourth is `locked`.
_ZERO_WORD = bytes(32)
_STATE_CALL = bytes.fromhex("521eb273")
_STATE_BYTES = 12 * 32
_LOCKED_WORD = slice(3 * 32, 4 * 32)
_LATER = Message("Whether {owner} is a wallet of that key cannot be found out right now. Try again in a minute.")


class SignatureVerifier:
    """Verifies signatures.

    Args:
        nodes: Ethereum; None where none is configured.
        counterfactual: Looks up how the address of an undeployed wallet is computed; may raise `SourceError`.
        factories: Lower-case addresses of the factories that are trusted to compute such addresses.
        knows_wallets: A source here can look that up; otherwise only what was stored before is known.
    """

    def __init__(
        self,
        nodes: Nodes | None,
        counterfactual: Callable[[str, Asker], Awaitable[Counterfactual | None]],
        factories: Collection[str],
        *,
        knows_wallets: bool = True,
    ) -> None:
        self._nodes = nodes
        self._counterfactual = counterfactual
        self._factories = frozenset(factories)
        self._knows_wallets = knows_wallets

    async def verify(self, text: str, signature: bytes, *, signer: str, owner: str, user_id: int) -> ProofKind:
        """How a signature of `text` proves control of `owner`.

        Args:
            text: As it was issued.
            signature: As it was sent.
            signer: The address that was to sign: the owner itself, or the key of that smart wallet.
            owner: The address that is to be proven.
            user_id: The member who proves it.

        Raises:
            ProofError: it does not.
            UndecidedError: that cannot be found out now.
        """
        if not contract_forms(signature):
            raise ProofError(_NOT_OF_THE_TEXT)
        digest = personal_digest(text)
        # Some 8 ms of pure Python: in a thread, as commands wait on the loop.
        key = await asyncio.to_thread(recover, digest, signature)
        if signer not in (owner, key):
            raise ProofError(_OTHER_KEY, owner=checksummed(signer))
        if key == owner:
            return ProofKind.KEY
        if self._nodes is None:
            raise ProofError(_NO_NODE)
        if not await self._nodes.code(owner):
            await self._verify_undeployed(owner, key, self._nodes, Asker.prover(user_id))
            return ProofKind.COUNTERFACTUAL
        await _verify_by_contract(owner, digest, signature, self._nodes)
        return ProofKind.CONTRACT

    async def _verify_undeployed(self, owner: str, key: str | None, nodes: Nodes, prover: Asker) -> None:
        """Verify that this key owns the wallet that will be at `owner` once it is deployed."""
        try:
            known = await self._counterfactual(owner, prover)
        except SourceError as error:
            raise UndecidedError(_LATER, owner=checksummed(owner)) from error
        if known is None and not self._knows_wallets:
            raise ProofError(_OTHER_KEY_OR_UNKNOWN_WALLET, owner=checksummed(owner))
        if known is None or known.owner != key:
            raise ProofError(_OTHER_KEY, owner=checksummed(owner))
        if known.factory not in self._factories:
            raise UndecidedError(_UNKNOWN_FACTORY, owner=checksummed(owner))
        returned = await nodes.call(known.factory, compute_wallet_call(known.owner, known.salt))
        if returned is None or read_address(returned) != owner:
            raise ProofError(_OTHER_KEY, owner=checksummed(owner))


async def _verify_by_contract(wallet: str, digest: bytes, signature: bytes, nodes: Nodes) -> None:
    """Ask a contract about a signature, and whether it would be one of the digest's own bytes, too."""
    forms = contract_forms(signature)
    returned = await _ask(wallet, digest, forms, nodes)
    accepted = [form for form, answer in returned.items() if answer is not None and is_magic(answer)]
    if not accepted:
        if _ZERO_WORD in returned.values() and await _is_locked(wallet, nodes):
            raise UndecidedError(_LOCKED, owner=checksummed(wallet))
        raise ProofError(_REFUSED, owner=checksummed(wallet))
    opaque = await _ask(wallet, personal_digest_of_bytes(digest), accepted, nodes)
    if any(answer is not None and is_magic(answer) for answer in opaque.values()):
        raise ProofError(_NOT_OF_THE_TEXT)


async def _ask(wallet: str, digest: bytes, forms: Collection[bytes], nodes: Nodes) -> dict[bytes, bytes | None]:
    """What a contract returns for each form of a signature; None where it reverts."""
    calls = (nodes.call(wallet, valid_signature_call(digest, form)) for form in forms)
    return dict(zip(forms, await asyncio.gather(*calls), strict=True))


async def _is_locked(wallet: str, nodes: Nodes) -> bool:
    state = await nodes.call(wallet, _STATE_CALL)
    return state is not None and len(state) == _STATE_BYTES and any(state[_LOCKED_WORD])
