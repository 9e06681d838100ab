"""ERC-6492: what is wrapped is found again, and what is not whole is none."""

from __future__ import annotations

import pytest

from bot.signing.wrapped import Wrapped, is_wrapped, unwrap

FACTORY = "0xca11bde05977b3631167028862be2a173976ca11"
MAGIC = b"\x64\x92" * 16


def word(number: int) -> bytes:
    return number.to_bytes(32)


def wrap(factory_call: bytes, signature: bytes, factory: str = FACTORY) -> bytes:
    """As `abi.encode(address, bytes, bytes)` of Solidity has it, and the mark behind."""
    call = word(len(factory_call)) + factory_call + bytes(-len(factory_call) % 32)
    inner = word(len(signature)) + signature + bytes(-len(signature) % 32)
    return word(int(factory, 16)) + word(96) + word(96 + len(call)) + call + inner + MAGIC


@pytest.mark.parametrize("factory_call", [b"", b"\x48\x2a\xd5\x6c", bytes(range(200))])
@pytest.mark.parametrize("signature", [b"", b"\x1b" * 65, b"\x07" * 4096])
def test_what_is_wrapped_is_found_again(factory_call: bytes, signature: bytes) -> None:
    wrapped = wrap(factory_call, signature)
    assert is_wrapped(wrapped)
    assert unwrap(wrapped) == Wrapped(FACTORY, factory_call, signature)


def test_a_signature_of_a_key_is_not_wrapped() -> None:
    assert not is_wrapped(b"\x1b" * 65)
    assert not is_wrapped(MAGIC + b"\x1b")


WHOLE = wrap(b"abcd", b"\x1b" * 65)


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param(MAGIC, id="the mark alone"),
        pytest.param(WHOLE[32:], id="without the factory"),
        pytest.param(b"\x01" + WHOLE[1:], id="a factory that is no address"),
        pytest.param(WHOLE[:-64] + MAGIC, id="cut off"),
        pytest.param(WHOLE[:32] + word(10**6) + WHOLE[64:], id="the call is past the end"),
        pytest.param(WHOLE[:64] + word(2**256 - 1) + WHOLE[96:], id="the signature is past the end"),
        pytest.param(WHOLE[:96] + word(2**255) + WHOLE[128:], id="a length without an end"),
        pytest.param(wrap(b"", WHOLE), id="wrapped twice"),
    ],
)
def test_what_is_not_whole_is_refused(wrapped: bytes) -> None:
    with pytest.raises(ValueError, match=r"no factory|past the end|cut off|twice"):
        unwrap(wrapped)


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_no_cut_leaves_another_signature(length: int) -> None:
    cut = WHOLE[:length] + MAGIC
    try:
        assert unwrap(cut).signature == b"\x1b" * 65  # only the padding is missing
    except ValueError:
        return
    assert length >= len(WHOLE) - 32 - 31
