"""Contract calls and their answers, encoded in the ABI's 32-byte words, and code that makes several; no general codec.

Bytes in, bytes out; another module sends them to a node. A call that failed has no answer to read: the caller keeps
"no answer" apart from "no".
"""

from __future__ import annotations

from collections.abc import Sequence

MAGIC = bytes.fromhex("1626ba7e")  # EIP-1271's magic value for "valid", and the selector of the call
_COMPUTE_WALLET = bytes.fromhex("ce158612")  # computeWalletAddress(address,uint256) of Loopring's WalletFactory
OWNER_CALL = bytes.fromhex("8da5cb5b")  # owner(), ERC-173
_IS_OWNER = bytes.fromhex("2f54bf6e")  # isOwner(address), as a Safe has it
_WORD = 32

MOST_CODE = 49_152  # EIP-3860's limit of the code of a creation
# The EVM's instructions. PUSH1 0 and not PUSH0, which old nodes do not know.
_ZERO, _PUSH1, _PUSH2, _PUSH3, _PUSH20 = bytes.fromhex("6000"), b"\x60", b"\x61", b"\x62", b"\x73"
_MULTIPLY, _GREATER, _CODE_COPY, _RETURNED, _POP, _STORE = b"\x02", b"\x11", b"\x39", b"\x3d", b"\x50", b"\x52"
_GAS, _CALL, _RETURN, _STATICCALL = b"\x5a", b"\xf1", b"\xf3", b"\xfa"


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


def calls_after(before: tuple[str, bytes], wallet: str, calls: Sequence[tuple[bytes, int | None]]) -> bytes:
    """Code of a contract whose creation makes one call and then several of a wallet, and returns all their answers.

    With it a node says what a wallet would answer once its factory had deployed it (ERC-6492). A creation that is only
    simulated changes nothing. The factory runs once, so that all answers are of the same state; `read_answers` reads
    them.

    Args:
        before: An address and the call of it, whatever comes of it.
        wallet: Whom the other calls are of; they may change nothing (STATICCALL).
        calls: Each with the most gas that it gets; None: all there is but a 64th, which stays behind (EIP-150).

    Raises:
        OverflowError: more than a creation may have (EIP-3860).
    """
    data = b"".join([before[1], *(call for call, _ in calls)])
    start = len(_calling(before, wallet, calls, 0))
    if start + len(data) > MOST_CODE:
        raise OverflowError("more than a creation may have")
    return _calling(before, wallet, calls, start) + data


def read_answers(returned: bytes) -> list[bytes | None]:
    """The first word of each answer, in the order of the calls; None where one failed, or returned less."""
    pairs = [returned[start : start + 2 * _WORD] for start in range(0, len(returned), 2 * _WORD)]
    return [pair[_WORD:] if any(pair[:_WORD]) else None for pair in pairs]


def _calling(before: tuple[str, bytes], wallet: str, calls: Sequence[tuple[bytes, int | None]], place: int) -> bytes:
    """The instructions, for calls that are in the code from a place on; their number does not depend on it."""
    answers = 2 * _WORD * len(calls)  # in the memory, before what is sent
    address, call = before
    code = (
        _copy(len(call), place, answers)
        # CALL(gas, address, value, from, length, to, length)
        + _ZERO * 2 + _number(len(call)) + _number(answers) + _ZERO + _address(address) + _GAS + _CALL + _POP
    )  # fmt: skip
    place += len(call)
    for number, (call, most_gas) in enumerate(calls):
        answer = 2 * _WORD * number
        code += (
            _copy(len(call), place, answers)
            # STATICCALL(gas, address, from, length, to, length); its success stays on the stack
            + _byte(_WORD) + _number(answer + _WORD) + _number(len(call)) + _number(answers) + _address(wallet)
            + (_GAS if most_gas is None else _PUSH3 + most_gas.to_bytes(3)) + _STATICCALL
            # Stored is the success, times whether there was a word.
            + _byte(_WORD - 1) + _RETURNED + _GREATER + _MULTIPLY + _number(answer) + _STORE
        )  # fmt: skip
        place += len(call)
    # RETURN(from, length)
    return code + _number(answers) + _ZERO + _RETURN


def _copy(length: int, place: int, to: int) -> bytes:
    """CODECOPY(to, from, length)."""
    return _number(length) + _number(place) + _number(to) + _CODE_COPY


def _byte(value: int) -> bytes:
    return _PUSH1 + value.to_bytes(1)


def _number(value: int) -> bytes:
    return _PUSH2 + value.to_bytes(2)


def _address(address: str) -> bytes:
    return _PUSH20 + int(address, 16).to_bytes(20)


def _word(number: int) -> bytes:
    return number.to_bytes(_WORD)
