"""Whether a signature speaks for an address: its own key, the contract there, or the key of a wallet to come.

In this order: a recovered key that *is* the address needs nobody's word. Where code lives at the address, only that
code is asked: a key that Loopring once recorded may have been recovered away from its thief since. Where none lives,
a wallet of Loopring's is recognised by re-computing its address from its owner, by a factory that the operator trusts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection

from bot.errors import ProofError, SourceError, UndecidedError
from bot.linking.ethereum import Nodes
from bot.links import Counterfactual, ProofKind
from bot.messages import Message
from bot.signing.abi import compute_wallet_call, is_magic, read_address, valid_signature_call
from bot.signing.signature import checksummed, digests_for, personal_digest, recover

# An account of EIP-7702 has the code of another one, and its own key nevertheless.
_CANNOT_ASK = Message(
    "That signature is not by the address's own key. If the address is a smart wallet, only its contract can "
    "tell, and this bot has no Ethereum node to ask: its operator must set ETH_RPC_URL."
)
_NO_KEY = Message(
    "That signature is by another key than that of {owner}. Choose that account in your wallet, and sign again."
)
_NO_KEY_KNOWN = Message(
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
# Loopring's wallet says nothing but zeros to a signature that it does not accept, and to all while it is locked. Which
# it is stands in its state (`wallet()`, github.com/Loopring/protocols: hebao_v2, SmartWallet.sol): twelve words, the
# fourth is `locked`.
_NO = bytes(32)
_STATE_CALL = bytes.fromhex("521eb273")
_STATE_BYTES = 12 * 32
_LOCKED_WORD = slice(3 * 32, 4 * 32)
_LATER = Message("Whether {owner} is a wallet of that key cannot be found out right now. Try again in a minute.")


class SignatureVerifier:
    """Verifies signatures.

    Args:
        nodes: Ethereum; None where none is configured.
        counterfactual: Tells how a wallet that is not deployed comes by its address; may raise `SourceError`.
        factories: Lower-case addresses of the factories that are trusted with computing such addresses.
        knows_wallets: Some source here can tell that; else only what was stored before is known.
    """

    def __init__(
        self,
        nodes: Nodes | None,
        counterfactual: Callable[[str], Awaitable[Counterfactual | None]],
        factories: Collection[str],
        *,
        knows_wallets: bool = True,
    ) -> None:
        self._nodes = nodes
        self._counterfactual = counterfactual
        self._factories = frozenset(factories)
        self._knows_wallets = knows_wallets

    async def verify(self, text: str, signature: bytes, *, signer: str, owner: str) -> ProofKind:
        """How a signature of `text` proves that its maker speaks for `owner`.

        Args:
            text: As it was handed out.
            signature: 65 bytes and more.
            signer: The address that was to sign: the owner itself, or the key of that smart wallet.
            owner: The address that is to be proven.

        Raises:
            ProofError: it does not.
            UndecidedError: that cannot be found out now.
        """
        digest = personal_digest(text)
        # Some 8 ms of plain Python, a candidate: not on the loop, where commands wait.
        keys = await asyncio.to_thread(_keys, digest, signature)
        if signer != owner and signer not in keys:
            raise ProofError(_NO_KEY, owner=checksummed(signer))
        if owner in keys:
            return ProofKind.KEY
        if self._nodes is None:
            raise ProofError(_CANNOT_ASK)
        if not await self._nodes.code(owner):
            await self._compute(owner, keys, self._nodes)
            return ProofKind.COUNTERFACTUAL
        returned = await self._nodes.call(owner, valid_signature_call(digest, _as_contracts_read(signature)))
        if returned is not None and is_magic(returned):
            return ProofKind.CONTRACT
        if returned == _NO and await _is_locked(owner, self._nodes):
            raise UndecidedError(_LOCKED, owner=checksummed(owner))
        raise ProofError(_REFUSED, owner=checksummed(owner))

    async def _compute(self, owner: str, keys: Collection[str], nodes: Nodes) -> None:
        """See that one of these keys owns the wallet that is to be at `owner` once it is deployed."""
        try:
            known = await self._counterfactual(owner)
        except SourceError as error:
            raise UndecidedError(_LATER, owner=checksummed(owner)) from error
        if known is None and not self._knows_wallets:
            raise ProofError(_NO_KEY_KNOWN, owner=checksummed(owner))
        if known is None or known.owner not in keys:
            raise ProofError(_NO_KEY, owner=checksummed(owner))
        if known.factory not in self._factories:
            raise UndecidedError(_UNKNOWN_FACTORY, owner=checksummed(owner))
        returned = await nodes.call(known.factory, compute_wallet_call(known.owner, known.salt))
        if returned is None or read_address(returned) != owner:
            raise ProofError(_NO_KEY, owner=checksummed(owner))


def _as_contracts_read(signature: bytes) -> bytes:
    """Some hardware writes the parity as 0 and 1, where contracts know 27 and 28 alone (the precompile `ecrecover`)."""
    is_key_s = len(signature) == 65 and signature[64] < 27  # noqa: PLR2004 - r, s, and the parity behind them
    return signature[:64] + bytes([signature[64] + 27]) if is_key_s else signature


async def _is_locked(wallet: str, nodes: Nodes) -> bool:
    state = await nodes.call(wallet, _STATE_CALL)
    return state is not None and len(state) == _STATE_BYTES and any(state[_LOCKED_WORD])


def _keys(digest: bytes, signature: bytes) -> frozenset[str]:
    """The addresses whose keys may have made a signature: one, or two where it says that the digest was wrapped."""
    return frozenset(filter(None, (recover(each, signature) for each in digests_for(digest, signature))))
