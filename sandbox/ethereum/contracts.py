"""What the community's wallets, their factory and Loopring's collections answer when they are called.

Loopring's wallet is modelled after `SmartWallet`, `ERC1271Lib` and `SignatureUtil` of packages/hebao_v2: a locked one
answers four zero bytes to every signature; an owner that is a contract is called too; 66 bytes count as 65, whatever
the last byte is; both the digest itself and its EIP-191 wrapping are tried; another length reverts. The older one goes
by the last byte: 02 is the digest itself, 03 its wrapping, and another reverts, as of an enum without such a member.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.collection_files import contract_uri, is_deployed
from sandbox.ethereum.abi import (
    WORD,
    address_word,
    read_address,
    read_bytes,
    read_number,
    read_word,
    reason,
    selector,
    text_words,
    word,
)
from sandbox.signing import SIGNATURE_BYTES, personal_digest, signer_of
from sandbox.wallets import WALLET_FACTORY, wallet_address

if TYPE_CHECKING:
    from sandbox.wallets import Wallet
    from sandbox.world import World

IS_VALID_SIGNATURE = selector("isValidSignature(bytes32,bytes)")
COMPUTE_WALLET_ADDRESS = selector("computeWalletAddress(address,uint256)")
GET_OWNER = selector("getOwner()")
OWNER = selector("owner()")
WALLET = selector("wallet()")
CONTRACT_URI = selector("contractURI()")
MAGIC = IS_VALID_SIGNATURE + bytes(28)
LOOPRING_INVALID = bytes(WORD)
PLAIN_INVALID = b"\xff" * 4 + bytes(28)
UNWRAPPED, WRAPPED, LAST_TYPE = 2, 3, 4
CREATED_AT = 1_648_381_750


class RevertedError(Exception):
    """A call was reverted; `data` is what the contract returned."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(data.hex())
        self.data = data


def code_at(address: str, world: World) -> bytes:
    """The code at an address."""
    wallet = world.wallets.get(address.lower())
    if wallet is not None:
        return wallet.code
    is_contract = address.lower() == WALLET_FACTORY.lower() or any(
        address.lower() in chain.contracts for chain in world.chains.values()
    )
    is_contract = is_contract or is_deployed(world, address)
    return bytes.fromhex("6080604052348015600f57600080fd5b50") if is_contract else b""


def call(address: str, data: bytes, world: World) -> bytes:
    """The result of a call to an address: empty where there is no code.

    Raises:
        RevertedError: the contract reverted.
    """
    if not code_at(address, world):
        return b""
    function, arguments = data[:4], data[4:]
    try:
        if address.lower() == WALLET_FACTORY.lower():
            return _factory(function, arguments)
        wallet = world.wallets.get(address.lower())
        if wallet is not None:
            return _wallet(wallet, function, arguments, world)
        if function == CONTRACT_URI and is_deployed(world, address):
            return _collection(address, world)
    except ValueError as error:  # arguments that Solidity would not decode
        raise RevertedError from error
    raise RevertedError


def _factory(function: bytes, arguments: bytes) -> bytes:
    if function != COMPUTE_WALLET_ADDRESS:
        raise RevertedError
    return address_word(wallet_address(read_address(arguments, 0), read_number(arguments, 1)))


def _collection(address: str, world: World) -> bytes:
    uri = contract_uri(world, address)
    if uri is None:
        raise RevertedError
    return text_words(uri)


def _wallet(wallet: Wallet, function: bytes, arguments: bytes, world: World) -> bytes:
    if wallet.behaviour == "empty":
        return b""
    if wallet.behaviour == "reverts":
        raise RevertedError
    is_plain = wallet.behaviour in ("plain", "any")
    if function == IS_VALID_SIGNATURE:
        digest, signature = read_word(arguments, 0), read_bytes(arguments, 1)
        if wallet.behaviour == "any":
            return MAGIC
        if is_plain:
            return MAGIC if _plain_accepts(wallet, digest, signature) else PLAIN_INVALID
        return MAGIC if _loopring_accepts(wallet, digest, signature, world) else LOOPRING_INVALID
    if function == (OWNER if is_plain else GET_OWNER):
        return address_word(wallet.owner)
    if function == WALLET and not is_plain:
        return _state(wallet)
    raise RevertedError


def _plain_accepts(wallet: Wallet, digest: bytes, signature: bytes) -> bool:
    """Of the owner's key; or empty, as a Safe takes it for what it signed on chain."""
    return signer_of(digest, signature) == wallet.owner if signature else digest in wallet.signed_on_chain


def _loopring_accepts(wallet: Wallet, digest: bytes, signature: bytes, world: World) -> bool:
    if wallet.is_locked:
        return False
    if code_at(wallet.owner, world):
        arguments = digest + word(2 * WORD) + word(len(signature)) + signature
        try:
            result = call(wallet.owner, IS_VALID_SIGNATURE + arguments, world)
        except RevertedError:
            return False
        return len(result) == WORD and result.startswith(IS_VALID_SIGNATURE)
    if wallet.behaviour == "typed":
        return wallet.owner == _signer_by_type(digest, signature)
    if len(signature) not in (SIGNATURE_BYTES, SIGNATURE_BYTES + 1):
        raise RevertedError(reason("INVALID_SIGNATURE_LENGTH"))
    trimmed = signature[:SIGNATURE_BYTES]
    return wallet.owner in (signer_of(digest, trimmed), signer_of(personal_digest(digest), trimmed))


def _signer_by_type(digest: bytes, signature: bytes) -> str | None:
    """The signer of what the last byte says was signed."""
    kind = signature[-1] if signature else LAST_TYPE + 1
    if kind > LAST_TYPE:
        raise RevertedError
    if kind not in (UNWRAPPED, WRAPPED):
        return None
    return signer_of(personal_digest(digest) if kind == WRAPPED else digest, signature[:-1])


def _state(wallet: Wallet) -> bytes:
    """`wallet()`, Solidity's getter of the public struct: twelve words; mappings and lists are left out.

    owner, creationTimestamp, nonce, locked, inheritor, inheritWaitingPeriod, lastActive, and the quota's
    currentQuota, pendingQuota, spentAmount, spentTimestamp, pendingUntil.
    """
    words = [int(wallet.owner, 16), CREATED_AT, 0, int(wallet.is_locked), 0, 0, CREATED_AT, 0, 0, 0, 0, 0]
    return b"".join(word(value) for value in words)
