"""Contract calls and their answers, encoded in the ABI's 32-byte words, and code that makes two; no general ABI codec.

Bytes in, bytes out; another module sends them to a node. A call that failed has no answer to read: the caller keeps
"no answer" apart from "no".
"""

from __future__ import annotations

MAGIC = bytes.fromhex("1626ba7e")  # EIP-1271's magic value for "valid", and the selector of the call
_COMPUTE_WALLET = bytes.fromhex("ce158612")  # computeWalletAddress(address,uint256) of Loopring's WalletFactory
OWNER_CALL = bytes.fromhex("8da5cb5b")  # owner(), ERC-173
_IS_OWNER = bytes.fromhex("2f54bf6e")  # isOwner(address), as a Safe has it
_WORD = 32

MOST_CODE = 49_152  # EIP-3860's limit of the code of a creation
# The EVM's instructions. PUSH1 0 and not PUSH0, which old nodes do not know.
_ZERO, _PUSH2, _PUSH20 = bytes.fromhex("6000"), b"\x61", b"\x73"
_MULTIPLY, _CODE_COPY, _RETURNED, _RETURNED_COPY, _POP = b"\x02", b"\x39", b"\x3d", b"\x3e", b"\x50"
_GAS, _CALL, _RETURN, _STATICCALL = b"\x5a", b"\xf1", b"\xf3", b"\xfa"
_CALLING_BYTES = 96


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


def is_owner_call(address: str) -> bytes:
    """The call that asks a wallet of several owners whether an address is one of them."""
    return _IS_OWNER + bytes(12) + int(address, 16).to_bytes(20)


def is_true(returned: bytes) -> bool:
    """Whether a contract returned `true`: one word, exactly one."""
    return len(returned) == _WORD and int.from_bytes(returned) == 1


def read_address(returned: bytes) -> str | None:
    """The address in a returned word, lower case; None where it is no single word, no address, or the zero address."""
    address = int.from_bytes(returned)
    if len(returned) != _WORD or not 0 < address < 2**160:
        return None
    return f"0x{address:040x}"


def call_after(before: tuple[str, bytes], call: tuple[str, bytes]) -> bytes:
    """Code of a contract whose creation makes one call and then another, and returns what the second one returns.

    With it a node says what a wallet would answer once its factory had deployed it (ERC-6492). A creation that is only
    simulated changes nothing. Where the second call fails nothing is returned, as where no contract is there.

    Args:
        before: An address and the call of it, whatever comes of it.
        call: An address and the call of it, which may change nothing (STATICCALL).

    Raises:
        OverflowError: more than a creation may have (EIP-3860).
    """
    size = _CALLING_BYTES + len(before[1]) + len(call[1])
    if size > MOST_CODE:
        raise OverflowError("more than a creation may have")
    first, second = _CALLING_BYTES, _CALLING_BYTES + len(before[1])
    code = (
        _copy(len(before[1]), first)
        # CALL(gas, address, value, from, length, to, length)
        + _ZERO * 2 + _number(len(before[1])) + _ZERO * 2 + _address(before[0]) + _GAS + _CALL + _POP
        + _copy(len(call[1]), second)
        # STATICCALL(gas, address, from, length, to, length); its success stays on the stack
        + _ZERO * 2 + _number(len(call[1])) + _ZERO + _address(call[0]) + _GAS + _STATICCALL
        # RETURNDATACOPY(to, from, length), and RETURN(from, success * length)
        + _RETURNED + _ZERO * 2 + _RETURNED_COPY + _RETURNED + _MULTIPLY + _ZERO + _RETURN
    )  # fmt: skip
    assert len(code) == _CALLING_BYTES  # noqa: S101 - or the calls would be read from the wrong place
    return code + before[1] + call[1]


def _copy(length: int, start: int) -> bytes:
    """CODECOPY(to, from, length), to the start of the memory."""
    return _number(length) + _number(start) + _ZERO + _CODE_COPY


def _number(value: int) -> bytes:
    return _PUSH2 + value.to_bytes(2)


def _address(address: str) -> bytes:
    return _PUSH20 + int(address, 16).to_bytes(20)


def _word(number: int) -> bytes:
    return number.to_bytes(_WORD)
