"""What a contract is asked about a signature, and which account has borrowed its code."""

from __future__ import annotations

import pytest
from eth_keys.constants import SECPK1_N

from bot.signing.signature import (
    contract_forms,
    is_delegated,
)
from tests.signing.known_key import SIGNATURE, R, S, word


@pytest.mark.parametrize("signature", [SIGNATURE, R + S + b"\x01", SIGNATURE + b"\x02"])
def test_a_contract_is_shown_a_key_s_signature_with_and_without_loopring_s_suffix(signature: bytes) -> None:
    assert contract_forms(signature) == (SIGNATURE, SIGNATURE + b"\x02")


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(b"\x00" + SIGNATURE, id="66 bytes of another maker, the first of which is the kind"),
        pytest.param(b"\x00" + R + S + b"\x1b", id="the same, with the other parity"),
        pytest.param(SIGNATURE * 2, id="two owners"),
        pytest.param(SIGNATURE * 2 + b"\x03", id="131 bytes"),
        pytest.param(SIGNATURE + bytes(64) + b"\x03", id="an owner, and one that is a contract"),
        pytest.param(b"", id="none, of a Safe that signed on chain, siwe-py#76"),
        pytest.param(
            bytes(64) + b"\x07" + bytes(64) + b"\x1f" + bytes(200), id="31 behind what is no part of a Safe's"
        ),
        pytest.param(b"{}" * 2048 + b"\x20" * 4096, id="8 kB of a passkey, coinbase-wallet-sdk#1379"),
        pytest.param(word(1) + word(130) + b"\0" + SIGNATURE + word(65) + SIGNATURE, id="a Safe that owns a Safe"),
    ],
)
def test_longer_signatures_are_the_contract_s_own_matter(signature: bytes) -> None:
    assert contract_forms(signature) == (signature,)


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(SIGNATURE[:63], id="63 bytes"),
        *(pytest.param(SIGNATURE + bytes([kind]), id=f"suffix {kind}") for kind in (0, 1, 3, 4, 26)),
        pytest.param(R + S + b"\x1f\xff", id="a Safe's part that was signed as a message, and a byte that it ignores"),
        pytest.param(SIGNATURE + R + S + b"\x20\xff", id="likewise, the second of two parts"),
        pytest.param(R + S + b"\x1f" + bytes(66), id="likewise, and a tail"),
        *(pytest.param(R + S + bytes([parity]), id=f"parity {parity}") for parity in (2, 3, 26, 29, 30, 31, 32, 255)),
        pytest.param(SIGNATURE + R + S + b"\x1f", id="the second owner of a Safe signed its digest as a message"),
        pytest.param(R + S + b"\x20" + SIGNATURE, id="the first owner did"),
        pytest.param(
            word(1) + word(130) + b"\0" + SIGNATURE + word(65) + R + S + b"\x1f",
            id="the owner of a Safe that owns this one did",
        ),
        pytest.param(
            word(1) + word(65) + b"\0" + word(194) + word(1) + word(65) + b"\0" + word(65) + R + S + b"\x20",
            id="the owner of a Safe that owns a Safe that owns this one did",
        ),
        pytest.param((word(2**20) + word(65) + b"\0") * 240, id="parts that point to each other without end"),
        pytest.param(R + word(SECPK1_N - int.from_bytes(S)) + b"\x1b", id="the twin"),
        pytest.param(word(SECPK1_N) + S + b"\x1c", id="r out of range"),
        pytest.param(R + word(0) + b"\x1c", id="s out of range"),
    ],
)
def test_what_says_that_it_is_of_no_text_is_shown_to_no_contract(signature: bytes) -> None:
    assert contract_forms(signature) == ()


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        pytest.param("ef0100" + "63c0c19a" * 5, True, id="EIP-7702, across sdk#1074"),
        pytest.param("ef0101" + "ff" * 20, False, id="another version"),
        pytest.param("ef0100" + "63" * 19, False, id="a byte less than an address"),
        pytest.param("ef0100" + "63" * 21, False, id="a byte more"),
        pytest.param("ef0100", False, id="no address"),
        pytest.param("6080604052", False, id="a contract"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_only_a_whole_delegation_is_an_account_with_borrowed_code(code: str, is_one: bool) -> None:  # noqa: FBT001 - a case
    assert is_delegated(bytes.fromhex(code)) is is_one
