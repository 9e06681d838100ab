"""The words for contracts, against calls that another encoder made and answers as contracts give them."""

from __future__ import annotations

import pytest
from eth_hash.auto import keccak

from bot.signing.abi import MAGIC, compute_wallet_call, is_magic, read_address, valid_signature_call

OWNER = "0xd8da6bf26964af9d7eed9e03e53415d37aa96045"
ADDRESS_WORD = bytes(12) + bytes.fromhex(OWNER[2:])
YES = MAGIC + bytes(28)


def test_the_selectors_are_those_of_the_functions() -> None:
    assert valid_signature_call(bytes(32), b"")[:4] == keccak(b"isValidSignature(bytes32,bytes)")[:4]
    assert compute_wallet_call(OWNER, 0)[:4] == keccak(b"computeWalletAddress(address,uint256)")[:4]


@pytest.mark.parametrize(
    ("size", "length", "padding"), [(0, "00", 0), (32, "20", 0), (65, "41", 31), (66, "42", 30), (256, "0100", 0)]
)
def test_a_signature_is_asked_about_in_whole_words(size: int, length: str, padding: int) -> None:
    call = valid_signature_call(b"\x11" * 32, b"\x22" * size).hex()
    assert call == "1626ba7e" + "11" * 32 + "40".zfill(64) + length.zfill(64) + "22" * size + "00" * padding


def test_the_wallet_of_an_owner_is_asked_for_as_ox_writes_it() -> None:
    assert compute_wallet_call(OWNER, 258).hex() == (
        "ce158612"
        "000000000000000000000000d8da6bf26964af9d7eed9e03e53415d37aa96045"
        "0000000000000000000000000000000000000000000000000000000000000102"
    )
    assert compute_wallet_call(OWNER, 2**256 - 1).endswith(b"\xff" * 32)


@pytest.mark.parametrize(("owner", "salt"), [(OWNER + "00", 0), (OWNER, 2**256), (OWNER, -1)])
def test_no_call_is_made_of_numbers_that_do_not_fit(owner: str, salt: int) -> None:
    with pytest.raises(OverflowError):
        compute_wallet_call(owner, salt)


@pytest.mark.parametrize(
    ("returned", "verdict"),
    [
        pytest.param(YES, True, id="the magic word"),
        pytest.param(YES + bytes(32), True, id="and a word more"),
        pytest.param(MAGIC + b"\xff" * 28, True, id="with something behind it that bytes4 does not count"),
        pytest.param(b"", False, id="nothing, as where there is no code"),
        pytest.param(MAGIC, False, id="four bytes"),
        pytest.param(YES[:31], False, id="31 bytes"),
        pytest.param(bytes(32), False, id="zero, as a locked wallet says"),
        pytest.param(b"\xff" * 32, False, id="all ones"),
        pytest.param(bytes(28) + MAGIC, False, id="at the wrong end"),
        pytest.param(bytes(31) + b"\x01", False, id="true"),
        pytest.param(bytes(32) + YES, False, id="in the second word"),
        pytest.param(bytes.fromhex("1626ba7f") + bytes(28), False, id="another selector"),
        pytest.param(bytes.fromhex("20c13b0b") + bytes(28), False, id="the magic of the draft, over bytes"),
    ],
)
def test_only_the_magic_word_says_valid(returned: bytes, verdict: bool) -> None:  # noqa: FBT001 - the expected answer
    assert is_magic(returned) is verdict


@pytest.mark.parametrize(
    ("returned", "address"),
    [
        (ADDRESS_WORD, OWNER),
        (bytes(31) + b"\x01", "0x" + "0" * 39 + "1"),
        (b"", None),
        (bytes(32), None),
        (ADDRESS_WORD[1:], None),
        (ADDRESS_WORD[12:], None),
        (ADDRESS_WORD + bytes(1), None),
        (ADDRESS_WORD + ADDRESS_WORD, None),
        (b"\x01" + ADDRESS_WORD[1:], None),
        (bytes(12) + b"\xff" * 20, "0x" + "f" * 40),
        (bytes(11) + b"\x01" + bytes(20), None),
        (bytes(11) + b"\x01" + ADDRESS_WORD[12:], None),
        (b"\xff" * 32, None),
    ],
)
def test_an_address_is_one_word_with_nothing_above_it(returned: bytes, address: str | None) -> None:
    assert read_address(returned) == address
