"""Ethereum's hash and the case of addresses, against published values."""

from __future__ import annotations

from sandbox.checksums import checksummed, keccak_256


def test_checksums_are_those_of_eip_55() -> None:
    for address in (
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ):
        assert checksummed(address.lower()) == address
        assert checksummed("0x" + address[2:].upper()) == address


def test_the_hash_of_nothing_is_ethereum_s_and_not_sha_3_s() -> None:
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
