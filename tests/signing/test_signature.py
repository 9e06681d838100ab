"""Who signed: published vectors, every way a signature can be wrong, and what people paste."""

from __future__ import annotations

import tracemalloc

import pytest
from eth_hash.auto import keccak
from eth_keys.constants import SECPK1_G, SECPK1_N, SECPK1_P
from eth_keys.datatypes import PrivateKey

from bot.errors import InputError
from bot.signing.signature import (
    checksummed,
    contract_forms,
    is_address,
    is_delegated,
    parse_address,
    personal_digest,
    personal_digest_of_bytes,
    plain_signature,
    recover,
)

# A key that the documentation of web3.js has shown to everybody since 2017.
KEY = PrivateKey(bytes.fromhex("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"))
SIGNER = "0x2c7536e3605d9c16a7a3d7b1898e529396a65c23"
TEXT = "Some data"
DIGEST = bytes.fromhex("1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655")
R = bytes.fromhex("b91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd")
S = bytes.fromhex("6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a029")
SIGNATURE = R + S + b"\x1c"
ZERO = bytes(32)


def word(number: int) -> bytes:
    return number.to_bytes(32)


# ---------------------------------------------------------------- addresses

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


# ---------------------------------------------------------------- what a contract is asked about


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
