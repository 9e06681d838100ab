"""Roots of lists and hashes of headers: those of real blocks, and those that another implementation comes to."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive_api.era1.l1_header import read_header
from bot.archive_api.era1.merkle_trie import ordered_root
from bot.archive_api.era1.rlp_items import RlpError, rlp_list, rlp_number, rlp_text
from sandbox.rollup.ordered_trie import root_of
from sandbox.rollup.rlp import rlp

EMPTY = "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
# Block 46,147, the first one with a transaction.
FIRST_TRANSACTION = bytes.fromhex(
    "f86780862d79883d2000825208945df9b87991262f6ba471f09758cde1c0fc1de734827a69801ca088ff6cf0fefd94db46111149ae4bfc17"
    "9e9b94721fffd821d38d16464b3f71d0a045e0aff800961cfce805daef7016b9b675c137a6a41a548f7b60a3484c06a33a"
)
FIRST_HEADER = bytes.fromhex(
    "f90208a05a41d0e66b4120775176c09fcf39e7c0520517a13d2b57b18d33d342df038bfca01dcc4de8dec75d7aab85b567b6ccd41ad31245"
    "1b948a7413f0a142fd40d4934794e6a7a1d47ff21b6321162aea7c6cb457d5476bcaa00e0df2706b0a4fb8bd08c9246d472abbe850af4464"
    "05d9eba1db41db18b4a169a04513310fcb9f6f616972a3b948dc5d547f280849a87ebb5af0191f98b87be598a0fe2bf2a941abf41d72637e"
    "5b91750332a30283efd40c424dc522b77e6f0ed8c4b90100"
    + "00"
    * 256
    + "860153886c1bbd82b44382520b8252088455c426598b657468"
    "706f6f6c2e6f7267a0b48c515a9dde8d346c3337ea520aa995a4738bb595495506125449c1149d6cf488ba4f8ecd18aab215"
)
# Block 15,537,393, the last one before the merge: of after London, so with a field more.
LAST_HEADER = bytes.fromhex(
    "f9021ba02b3ea3cd4befcab070812443affb08bf17a91ce382c714a536ca3cacab82278ba01dcc4de8dec75d7aab85b567b6ccd41ad31245"
    "1b948a7413f0a142fd40d4934794829bd824b016326a401d083b33d092293333a830a04919dafa6ac8becfbbd0c2808f6c9511a057c21e42"
    "839caff5dfb6d3ef514951a0dd5eec02b019ff76e359b09bfa19395a2a0e97bc01e70d8d5491e640167c96a8a0baa842cfd552321a9c2450"
    "576126311e071680a1258032219c6490b663c1dab8b901000000040000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000080000000000000000000000008000000000000000000000000"
    "0000000000000000000000000200000000000000000008000000000040000000000000100000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000840000000000100200000000"
    "0000000000000000000000000002000000020000000020000000000000000000000000000000000000000040000000000000000000000000"
    "8727472e1db3626a83ed14f18401c9c3808401c9a205846322c96292e4b883e5bda9e7a59ee4bb99e9b1bc460021a04cbec03dddd4b93973"
    "0a7fe6048729604d4266e82426d472a2b2024f3cc4043f8862a3ee77461d4fc9850a1a4e5f06"
)


def test_the_root_of_nothing() -> None:
    assert ordered_root([]).hex() == EMPTY


def test_the_root_of_one_transaction_is_that_of_its_block() -> None:
    assert ordered_root([FIRST_TRANSACTION]) == read_header(FIRST_HEADER).transactions_root


def test_the_root_of_two_transactions_is_that_of_block_1_000_000() -> None:
    fields: list[tuple[int, int, int, str, int, str, str]] = [
        (
            21,
            80_525_500_000,
            129_244,
            "c083e9947cf02b8ffc7d3090ae9aea72df98fd47",
            10**20,
            "a254fe085f721c2abe00a2cd244110bfc0df5f4f25461c85d8ab75ebac11eb10",
            "30b7835ba481955b20193a703ebc5fdffeab081d63117199040cdf5a91c68765",
        ),
        (
            17_387,
            60_000_000_000,
            50_000,
            "df190dc7190dfba737d7777a163445b7fff16133",
            437_194_980_000_000_000,
            "3b08715b4403c792b8c7567edea634088bedcd7f60d9352b1f16c69830f3afd5",
            "10b9afb67d2ec8b956f0e1dbc07eb79152904f3a7bf789fc869db56320adfe09",
        ),
    ]
    transactions = [
        rlp([nonce, price, gas, bytes.fromhex(to), value, b"", 28, int(r, 16), int(s, 16)])
        for nonce, price, gas, to, value, r, s in fields
    ]
    known = "65ba887fcb0826f616d01f736c1d2d677bcabde2f7fc25aa91cfbc0b3bad5cb3"
    assert ordered_root(transactions).hex() == known


@pytest.mark.parametrize(
    ("count", "root"),
    [
        # What HexaryTrie of the package `trie` 3.1 comes to for `made(count)`.
        (1, "ac92bc8d02906a87a573c32c72bb427036f0e43d7a7375c5c491ebba064add15"),
        (2, "c181d580b8376e77132257d1eead18e47c45ebbf8f60678187c102354fce05e5"),
        (3, "0ef6d9606fe6ef3fbb6c1a71034bd021785a1d7e476c47333db2855d1384db6c"),
        (16, "0aa57b65fb13a0a5b916f99cf796e5e4076bd95d75148833370a5ca28a40abf9"),
        (17, "4e27e7e13c131e8cb943bbed78fe0b8fc27d122be3183974077accd31a10caad"),
        (127, "906534381faf19ab16674ee25a13925d0c2a67765764485cbf71e4081d665d16"),
        (128, "7e7f054869b283eb12f9dcf04bd6c3a0688f9544948d9fb692903e693ae5a782"),
        (129, "0842e102b676fc99f9952fef1cf80ef5c367320cd305c9366a079eeca087c6a3"),
        (256, "111cd7433ba18e90854bc98063b141f43fcad1d5c62da4d931b9793f2f3bbffc"),
        (257, "f1735479619633124aa1cfb5737b13b89ccb97578da4551bca270ece7cbdc932"),
        (400, "ffd6692ed7268e7e2937613c744a25286f798d7419414a7d9370e8fcfc793a72"),
    ],
)
def test_the_roots_are_those_of_another_implementation(count: int, root: str) -> None:
    assert ordered_root([made(place) for place in range(count)]).hex() == root


def made(place: int) -> bytes:
    """A value that is short enough to be within the node above it, or long."""
    digest = hashlib.sha256(str(place).encode()).digest()
    return digest * (1 + place % 9) if place % 7 else bytes([1 + place % 100])


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=300))
def test_the_sandboxs_own_trie_comes_to_the_same_roots(values: list[bytes]) -> None:
    assert ordered_root(values) == root_of(values)


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=2, max_size=200, unique=True), st.data())
def test_another_order_or_value_is_another_root(values: list[bytes], data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.sampled_from(range(len(values))), min_size=2, max_size=2, unique=True))
    swapped = [*values]
    swapped[one], swapped[other] = values[other], values[one]
    bit = data.draw(st.integers(0, len(values[one]) * 8 - 1))
    changed = [*values]
    changed[one] = bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(values[one]))
    assert len({ordered_root(each) for each in (values, swapped, changed, values[:-1])}) == 4


def test_the_hash_of_the_last_header_before_the_merge() -> None:
    header = read_header(LAST_HEADER)
    assert header.number == 15_537_393
    assert header.hash.hex() == "55b11b918355b1ef9c5db810302ebad0bf2544255b530cdce90674d5887bb286"
    assert header.parent.hex() == "2b3ea3cd4befcab070812443affb08bf17a91ce382c714a536ca3cacab82278b"


def test_the_hash_of_a_header_of_before_london() -> None:
    header = read_header(FIRST_HEADER)
    assert header.number == 46_147
    assert header.hash.hex() == "4e3a3754410177e6937ef1f84bba68ea139e8d1a2258c5f85db9f1cd715a1bdd"


@pytest.mark.parametrize(
    "encoded",
    [b"", b"\x80", LAST_HEADER[:-1], LAST_HEADER + b"\0", rlp([b"\1" * 32] * 14), rlp([b""] * 15), rlp([b""] * 17)],
    ids=["nothing", "a text", "cut off", "longer", "few fields", "no hashes", "of after the merge"],
)
def test_what_is_no_header_is_refused(encoded: bytes) -> None:
    with pytest.raises(RlpError):
        read_header(encoded)


@given(st.recursive(st.binary(max_size=70), lambda inner: st.lists(inner, max_size=6), max_leaves=20))
def test_rlp_is_written_as_the_sandbox_writes_it(value: object) -> None:
    def written(each: object) -> bytes:
        return rlp_text(each) if isinstance(each, bytes) else rlp_list(b"".join(map(written, each)))  # type: ignore[call-overload]

    assert written(value) == rlp(value)  # type: ignore[arg-type]


@given(st.integers(0, 2**70))
def test_numbers_too(number: int) -> None:
    assert rlp_number(number) == rlp(number)
