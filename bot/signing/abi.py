"""Two contract calls and their answers, encoded in the ABI's 32-byte words; not a general ABI codec.

Bytes in, bytes out; another module sends them to a node. A call that failed has no answer to read: the caller keeps
"no answer" apart from "no".
"""

from __future__ import annotations

MAGIC = bytes.fromhex("1626ba7e")  # EIP-1271's magic value for "valid", and the selector of the call
_COMPUTE_WALLET = bytes.fromhex("ce158612")  # computeWalletAddress(address,uint256) of Loopring's WalletFactory
_WORD = 32


def valid_signature_call(digest: bytes, signature: bytes) -> bytes:
    """The call of `isValidSignature(bytes32,bytes)`, EIP-1271, for a 32-byte digest."""
    padding = bytes(-len(signature) % _WORD)
    return MAGIC + digest + _word(0x40) + _word(len(signature)) + signature + padding


def is_magic(returned: bytes) -> bool:
    """Whether a contract accepted a signature. An empty answer, as of an address without code, is a no."""
    return len(returned) >= _WORD and returned.startswith(MAGIC)


def compute_wallet_call(owner: str, salt: int) -> bytes:
    """The call of Loopring's factory that computes the wallet address of an owner (an address) and a salt (uint256).

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
