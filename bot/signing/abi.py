"""What is said to contracts and what they answer, in the ABI's 32-byte words: two questions, and nothing general.

Bytes in, bytes out; who carries them to a node is another module's matter. A call that failed has no answer to read:
the caller keeps "no answer" apart from "no".
"""

from __future__ import annotations

MAGIC = bytes.fromhex("1626ba7e")  # EIP-1271's word for "valid", and the selector of the question
_COMPUTE_WALLET = bytes.fromhex("ce158612")  # computeWalletAddress(address,uint256) of Loopring's WalletFactory
_WORD = 32


def valid_signature_call(digest: bytes, signature: bytes) -> bytes:
    """The call of `isValidSignature(bytes32,bytes)`, EIP-1271, for a 32-byte digest."""
    padding = bytes(-len(signature) % _WORD)
    return MAGIC + digest + _word(0x40) + _word(len(signature)) + signature + padding


def is_magic(returned: bytes) -> bool:
    """Whether a contract called a signature valid. Nothing at all, as an address without code returns, is no."""
    return len(returned) >= _WORD and returned.startswith(MAGIC)


def compute_wallet_call(owner: str, salt: int) -> bytes:
    """The call that asks Loopring's factory where the wallet of an owner (an address) and a salt (uint256) lies.

    Raises:
        OverflowError: more bits than an address or a uint256 has.
    """
    return _COMPUTE_WALLET + bytes(12) + int(owner, 16).to_bytes(20) + _word(salt)


def read_address(returned: bytes) -> str | None:
    """The address in a returned word, lower case; None where it is no single word, no address, or the zero address."""
    address = int.from_bytes(returned)
    if len(returned) != _WORD or not 0 < address < 2**160:
        return None
    return f"0x{address:040x}"


def _word(number: int) -> bytes:
    return number.to_bytes(_WORD)
