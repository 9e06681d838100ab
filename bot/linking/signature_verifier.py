"""Whether a signature is valid for an address: by its key, its contract, or the key of a wallet not yet deployed.

In this order: if the recovered key *is* the address, that suffices, unless the nodes agree that there is code other
than a key's own account may have (EIP-7702); no node is needed for that. Where a contract is deployed at the address,
only that contract decides: the owner that Loopring once recorded may have been replaced since (recovery from
a thief). Where none is, a wallet of Loopring's is recognised by computing its address from its owner once more, with
a factory that the operator trusts.

A signature that is wrapped by ERC-6492 is unwrapped where the wallet is deployed. Where it is not, its factory and then
the wallet are called in one simulated creation.

Nothing proves an address but a signature of the text itself. Where it is one of a changed text, the refusal says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection

from bot.errors import ProofError, SourceError, UndecidedError
from bot.linking.contract_signatures import (
    ANSWER_SECONDS,
    CHANGED,
    NOT_OF_THE_TEXT,
    verify_by_contract,
    verify_undeployed,
)
from bot.linking.ethereum import Nodes
from bot.links import Counterfactual, ProofKind
from bot.messages import Message, Words
from bot.signing.abi import compute_wallet_call, read_address
from bot.signing.changed_text import find_change
from bot.signing.signature import (
    checksummed,
    contract_forms,
    is_delegated,
    personal_digest,
    plain_signature,
    recover,
)
from bot.signing.wrapped import Wrapped, is_wrapped, unwrap
from bot.sources.askers import Asker

# No contract's code begins so (EIP-3541): only marks of accounts do, such as EIP-7702's.
_NO_CONTRACT = b"\xef"
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
_OTHER_KEY_AND_DELEGATE = Message(
    "That signature is by another key than that of {owner}, and the contract whose code that account borrows "
    "(EIP-7702) does not accept it. Choose that account in your wallet, and sign again."
)
NOTHING_SIGNED = Message(
    "0x for a signature is that of a Safe that has signed the text on Ethereum, and at {owner} there is none. Paste "
    "the signature that your wallet gives."
)
_NOT_DEPLOYED = Message(
    "{owner} is no smart wallet on Ethereum, and no key made that signature. Deploy the wallet there first, which its "
    "first transaction does, then sign again; or choose that account in your wallet if it has a key of its own."
)
CUT_OFF = Message(
    "That signature is wrapped for a wallet that is not deployed (ERC-6492), but it is not whole. Copy the whole "
    "signature once more, or deploy the wallet first and sign again."
)
_UNKNOWN_CODE = Message(
    "The account {owner} has code on Ethereum that begins with {start}, which is no contract's and of no kind that is "
    "known here. Whether its key is still its own cannot be found out. Prove another address, or take "
    "that code off the account first."
)
_UNKNOWN_FACTORY = Message(
    "The smart wallet {owner} is not deployed, and comes from a factory that this bot does not trust: its "
    "operator must look at wallet_factories."
)
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
        wrapped = _unwrap(signature)
        signature = wrapped.signature if wrapped else signature
        if not contract_forms(signature):
            raise ProofError(NOT_OF_THE_TEXT)
        # Some 8 ms of pure Python: in a thread, as commands wait on the loop.
        key = await asyncio.to_thread(recover, personal_digest(text), signature)
        if signer not in (owner, key):
            raise await _by_another_key(text, signature, signer)
        nodes = self._nodes
        if nodes is None:
            if key == owner:
                return ProofKind.KEY
            raise await _by_another_key(text, signature, owner, otherwise=_NO_NODE())
        until = nodes.clock() + ANSWER_SECONDS
        code = await (_known_code(nodes, owner) if key == owner else nodes.code(owner))
        if key == owner and (not code or is_delegated(code)):
            return ProofKind.KEY
        if code.startswith(_NO_CONTRACT) and not is_delegated(code):
            raise ProofError(_UNKNOWN_CODE, owner=checksummed(owner), start=f"0x{code[:3].hex()}")
        if code:
            await self._verify_deployed(code, owner, text, signature, nodes, until)
            return ProofKind.CONTRACT
        if wrapped:
            await verify_undeployed(owner, text, wrapped, nodes)
        else:
            await self._verify_undeployed(owner, text, signature, key, nodes, Asker.prover(user_id))
        return ProofKind.COUNTERFACTUAL

    async def _verify_deployed(
        self, code: bytes, owner: str, text: str, signature: bytes, nodes: Nodes, until: float
    ) -> None:
        """Verify that the contract at an address accepts a signature; a key's own account may borrow one."""
        try:
            await verify_by_contract(owner, text, signature, nodes, until=until)
        except ProofError as error:
            if is_delegated(code) and plain_signature(signature):
                raise await _by_another_key(
                    text, signature, owner, otherwise=_OTHER_KEY_AND_DELEGATE(owner=checksummed(owner))
                ) from error
            raise

    async def _verify_undeployed(
        self, owner: str, text: str, signature: bytes, key: str | None, nodes: Nodes, prover: Asker
    ) -> None:
        """Verify that this key owns the wallet of Loopring's that will be at `owner` once it is deployed."""
        if not plain_signature(signature):
            raise await _by_another_key(text, signature, owner, otherwise=_NOT_DEPLOYED(owner=checksummed(owner)))
        try:
            known = await self._counterfactual(owner, prover)
        except SourceError as error:
            raise UndecidedError(_LATER, owner=checksummed(owner)) from error
        if known is None and not self._knows_wallets:
            raise await _by_another_key(
                text, signature, owner, otherwise=_OTHER_KEY_OR_UNKNOWN_WALLET(owner=checksummed(owner))
            )
        if known is None or known.owner != key:
            raise await _by_another_key(text, signature, owner, *([known.owner] if known else []))
        if known.factory not in self._factories:
            raise UndecidedError(_UNKNOWN_FACTORY, owner=checksummed(owner))
        returned = await nodes.call(known.factory, compute_wallet_call(known.owner, known.salt), clearly=True)
        if returned is None or read_address(returned) != owner:
            raise ProofError(_OTHER_KEY, owner=checksummed(owner))


async def _known_code(nodes: Nodes, address: str) -> bytes:
    """The code at the address of a key, as far as it is known: nodes that give no answer take nothing from a key."""
    try:
        return await nodes.code(address)
    except UndecidedError:
        return b""


def _unwrap(signature: bytes) -> Wrapped | None:
    """What ERC-6492 wrapped; None where it wrapped nothing."""
    if not is_wrapped(signature):
        return None
    try:
        return unwrap(signature)
    except ValueError as error:
        raise ProofError(CUT_OFF) from error


async def _by_another_key(
    text: str, signature: bytes, address: str, *others: str, otherwise: Words | None = None
) -> ProofError:
    """The refusal of a key's signature: it is of a changed text by the right key, or else by another key."""
    if plain_signature(signature):
        change = await asyncio.to_thread(find_change, text, signature, (address, *others))
        if change:
            return ProofError(CHANGED[change])
    elif not signature:
        return ProofError(NOTHING_SIGNED, owner=checksummed(address))
    return ProofError(otherwise or _OTHER_KEY(owner=checksummed(address)))
