"""Addresses as people type them: in one case, or with their checksum (EIP-55)."""

from __future__ import annotations

import pytest

from bot.errors import InputError
from bot.signing.signature import (
    checksummed,
    is_address,
    parse_address,
)
from tests.signing.known_key import SIGNER

EIP_55 = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]


@pytest.mark.parametrize("address", EIP_55)
def test_the_vectors_of_eip_55(address: str) -> None:
    assert checksummed(address.lower()) == address
    assert checksummed("0x" + address[2:].upper()) == address
    assert parse_address(address) == address.lower()


@pytest.mark.parametrize("text", [SIGNER, "0x" + SIGNER[2:].upper(), checksummed(SIGNER), f" {SIGNER}\r\n\t"])
def test_an_address_is_read_in_one_case_or_with_its_checksum(text: str) -> None:
    assert parse_address(text) == SIGNER


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0x",
        SIGNER[2:],
        SIGNER[:-1],
        SIGNER + "0",
        "0X" + SIGNER[2:],
        SIGNER.replace("c", "g"),
        SIGNER[:20] + " " + SIGNER[21:],
        SIGNER[:20] + "\n" + SIGNER[21:],
        SIGNER[:20] + "_" + SIGNER[21:],
        SIGNER[:-2] + "２３",
        SIGNER[:-2] + "٢٣",
        SIGNER + "\u00a0",
        SIGNER + "\u200b",
        "vitalik.eth",
        f"eip155:1:{SIGNER}",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert not is_address(text)
    with pytest.raises(InputError, match=r"^That is not an Ethereum address: an address is 0x and 40 hex digits\.$"):
        parse_address(text)


def test_each_letter_in_the_wrong_case_breaks_the_checksum() -> None:
    right = checksummed(SIGNER)
    letters = [place for place in range(2, 42) if right[place].isalpha()]
    assert len(letters) > 10
    for place in letters:
        wrong = right[:place] + right[place].swapcase() + right[place + 1 :]
        assert is_address(wrong)
        with pytest.raises(InputError, match="its checksum is wrong: copy it from your wallet once more"):
            parse_address(wrong)


def test_one_letter_in_another_case_requires_the_checksum_at_any_position() -> None:
    for place in range(2, 42):
        mixed = "0x" + ("a" * 40)[: place - 2] + "A" + ("a" * 40)[place - 1 :]
        sentence = r"^That address has a typing mistake, its checksum is wrong: copy it from your wallet once more\.$"
        with pytest.raises(InputError, match=sentence):
            parse_address(mixed)


def test_nobody_has_the_zero_address() -> None:
    sentence = r"^The zero address belongs to nobody: use the address of your own wallet\.$"
    with pytest.raises(InputError, match=sentence):
        parse_address("0x" + "0" * 40)
