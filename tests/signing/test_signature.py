"""Who signed: published vectors, and every way a signature can be wrong."""

from __future__ import annotations

import tracemalloc

import pytest
from eth_hash.auto import keccak
from eth_keys.constants import SECPK1_G, SECPK1_N, SECPK1_P
from eth_keys.datatypes import PrivateKey

from bot.signing.signature import (
    contract_forms,
    is_address,
    personal_digest,
    personal_digest_of_bytes,
    plain_signature,
    recover,
)
from tests.signing.known_key import DIGEST, KEY, SIGNATURE, SIGNER, TEXT, ZERO, R, S, word

# ---------------------------------------------------------------- digests


def test_the_digest_is_that_of_web3_js() -> None:
    assert personal_digest(TEXT) == DIGEST


def test_the_length_in_a_digest_counts_bytes() -> None:
    nine_bytes = b"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"
    assert personal_digest("é€😀") == keccak(b"\x19Ethereum Signed Message:\n9" + nine_bytes)
    assert personal_digest_of_bytes(nine_bytes * 12) == keccak(b"\x19Ethereum Signed Message:\n108" + nine_bytes * 12)


@pytest.mark.parametrize(
    ("text", "address", "signature"),
    [
        pytest.param(TEXT, SIGNER, SIGNATURE.hex(), id="web3.js, accounts.sign"),
        pytest.param(
            "hello world",
            "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
            "a461f509887bd19e312c0c58467ce8ff8e300d3c1a90b608a760c5b80318eaf1"
            "5fe57c96f9175d6cd4daad4663763baa7e78836e067d0163e9a2ccf2ff753f5b1b",
            id="viem, signMessage",
        ),
        pytest.param(
            "Hello, world!",
            "0x29c76e6ad8f28bb1004902578fb108c507be341b",
            "90a938f7457df6e8f741264c32697fc52f9a8f867c52dd70713d9d2d472f2e41"
            "5d9c94148991bbe1f4a1818d1dff09165782749c877f5cf1eff4ef126e55714d1c",
            id="MetaMask, eth-sig-util",
        ),
    ],
)
def test_signatures_that_other_libraries_publish(text: str, address: str, signature: str) -> None:
    assert recover(personal_digest(text), bytes.fromhex(signature)) == address


# ---------------------------------------------------------------- signatures that are accepted


@pytest.mark.parametrize("v", [0, 1, 27, 28])
def test_the_recovery_byte_is_the_parity_or_27_more(v: int) -> None:
    # The digest is signed again until the parity is the one in question: RFC 6979 makes it a matter of the text.
    for attempt in range(64):
        digest = personal_digest(f"{TEXT} {attempt}")
        signed = KEY.sign_msg_hash(digest)
        if signed.v == v % 27:
            assert recover(digest, signed.to_bytes()[:64] + bytes([v])) == SIGNER
            return
    pytest.fail("64 signatures of one parity")


def test_the_suffix_of_loopring_for_the_digest_as_it_is_is_dropped() -> None:
    assert recover(DIGEST, SIGNATURE + b"\x02") == SIGNER
    assert [kind for kind in range(256) if recover(DIGEST, SIGNATURE + bytes([kind]))] == [2]


@pytest.mark.parametrize("suffix", [b"", b"\x02", b"\x03", b"\x01"])
def test_a_digest_that_was_signed_as_a_message_has_no_signer_of_the_text(suffix: bytes) -> None:
    signed = KEY.sign_msg_hash(personal_digest_of_bytes(DIGEST)).to_bytes()
    signature = signed[:64] + bytes([27 + signed[64]])
    assert recover(personal_digest_of_bytes(DIGEST), signature) == SIGNER
    assert recover(DIGEST, signature + suffix) != SIGNER


def test_the_compact_form_of_eip_2098_has_the_parity_in_s() -> None:
    # The two examples of EIP-2098, with the key that they name.
    key = PrivateKey(bytes.fromhex("1234567890" * 6 + "1234"))
    for text, compact in (
        (
            "Hello World",
            (
                "68a020a209d3d56c46f38cc50a33f704f4a9a10a59377f8dd762ac66910e9b90"
                "7e865ad05c4035ab5792787d4a0297a43617ae897930a6fe4d822b8faea52064"
            ),
        ),
        (
            "It's a small(er) world",
            (
                "9328da16089fcba9bececa81663203989f2df5fe1faa6291a45381c81bd17f76"
                "939c6d6b623b42da56557e5e734a43dc83345ddfadec52cbe24d0cc64f550793"
            ),
        ),
    ):
        address = key.public_key.to_address()
        assert recover(personal_digest(text), bytes.fromhex(compact)) == address
        assert recover(personal_digest(text + "!"), bytes.fromhex(compact)) != address


def test_a_plain_signature_is_the_one_that_contracts_expect() -> None:
    parity_1 = R + S + b"\x1c"
    compact = R + word(int.from_bytes(S) | 1 << 255)
    for form in (parity_1, R + S + b"\x01", parity_1 + b"\x02", R + S + b"\x01\x02", compact):
        assert plain_signature(form) == parity_1
    assert plain_signature(R + S) == R + S + b"\x1b"


# ---------------------------------------------------------------- signatures that are not


def test_no_flipped_bit_leaves_the_signer() -> None:
    flipped = [
        bytes([*SIGNATURE[:place], SIGNATURE[place] ^ (1 << bit), *SIGNATURE[place + 1 :]])
        for place in range(65)
        for bit in range(8)
    ]
    assert len(set(flipped)) == 520
    assert sum(recover(DIGEST, signature) == SIGNER for signature in flipped) == 0


def test_no_flipped_bit_of_the_digest_leaves_the_signer() -> None:
    for bit in range(0, 256, 8):
        assert recover(word(int.from_bytes(DIGEST) ^ (1 << bit)), SIGNATURE) != SIGNER


def test_the_twin_with_the_high_s_is_refused_though_the_curve_takes_it() -> None:
    twin = R + word(SECPK1_N - int.from_bytes(S)) + b"\x1b"
    assert recover(DIGEST, twin) is None


def test_the_highest_s_that_is_low_is_accepted() -> None:
    half = SECPK1_N // 2
    assert recover(DIGEST, R + word(half) + b"\x1b") is not None
    assert recover(DIGEST, R + word(half + 1) + b"\x1b") is None


@pytest.mark.parametrize("signature", [word(1) + S + b"\x1b", R + word(1) + b"\x1b"], ids=["r = 1", "s = 1"])
def test_the_smallest_numbers_are_numbers(signature: bytes) -> None:
    assert is_address(recover(DIGEST, signature) or "")


def test_any_other_recovery_byte_is_refused() -> None:
    assert [v for v in range(256) if recover(DIGEST, R + S + bytes([v]))] == [0, 1, 27, 28]


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(ZERO + S + b"\x1c", id="r = 0"),
        pytest.param(R + ZERO + b"\x1c", id="s = 0"),
        pytest.param(ZERO + ZERO + b"\x1b", id="r = s = 0"),
        pytest.param(word(SECPK1_N) + S + b"\x1c", id="r = n"),
        pytest.param(word(SECPK1_N + 1) + S + b"\x1c", id="r = n + 1"),
        pytest.param(word(SECPK1_P + 1) + S + b"\x1c", id="r past the field"),
        pytest.param(R + word(SECPK1_N) + b"\x1c", id="s = n"),
        pytest.param(b"\xff" * 65, id="all ones"),
        # 5 is the smallest x without a point: 5 ** 3 + 7 is no square.
        pytest.param(word(5) + S + b"\x1c", id="r is no point"),
        # r = G and s = z make z·G - z·G: the point at infinity, which is nobody's key.
        pytest.param(word(SECPK1_G[0]) + DIGEST + b"\x1b", id="the key would be the point at infinity"),
    ],
)
def test_numbers_that_no_key_makes(signature: bytes) -> None:
    assert len(signature) == 65
    assert recover(DIGEST, signature) is None


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        SIGNATURE[:63],
        SIGNATURE + b"\x00",
        SIGNATURE + b"\x01",
        SIGNATURE + b"\x03",
        SIGNATURE + b"\x03\x03",
        SIGNATURE + b"\x1c",
        SIGNATURE + b"\x02\x02",
        b"\x00" + SIGNATURE,
        SIGNATURE[:64] + b"\x02",
        SIGNATURE[:64] + b"\x02\x02",
        SIGNATURE * 2,
        bytes(2000),
    ],
)
def test_another_length_or_suffix_is_no_signature_of_a_key(signature: bytes) -> None:
    assert recover(DIGEST, signature) is None


def test_a_signature_that_points_to_itself_takes_no_memory() -> None:
    """Each of its parts says that the rest is another contract's: copies of it would be 170 MB."""
    signature = (bytes(32) + (98).to_bytes(32) + b"\0") * 252
    tracemalloc.start()
    try:
        assert contract_forms(signature) == ()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000
