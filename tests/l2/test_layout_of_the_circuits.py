"""Every field of every type, with any value, at any place of a block: what the circuits wrote is what is read."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.l2.block_check import HEADER_SIZE
from bot.l2.block_layout import read_transactions
from bot.l2.transactions import NftArrival, NftData, NftMint, Noop, SpotTrade, Transaction, Transfer, float16, float24
from tests.l2.written_layout import LAYOUTS, TRANSACTION, value, written

# The second byte of those that have a kind, as the contracts accept it.
KINDS = {"Withdrawal": range(4), "NftMint": (0,), "NftArrival": (1, 2), "NftData": range(2)}
SIZES = (16, 32, 64, 128, 256, 384)


def block(transactions: Mapping[int, bytes], size: int) -> bytes:
    """Header, all first parts, all second parts, as BlockReader.sol takes them apart."""
    each = [transactions.get(index, bytes(TRANSACTION)) for index in range(size)]
    return bytes(HEADER_SIZE) + b"".join(text[:29] for text in each) + b"".join(text[29:] for text in each)


def fields_of(kind: type[Transaction]) -> st.SearchStrategy[dict[str, bytes]]:
    def field(name: str, width: int) -> st.SearchStrategy[bytes]:
        if name in ("kind", "scheme") and kind.__name__ in KINDS:
            return st.sampled_from(KINDS[kind.__name__]).map(lambda number: bytes([number]))
        return st.binary(min_size=width, max_size=width)

    return st.fixed_dictionaries({name: field(name, width) for name, width in LAYOUTS[kind][1]})


@pytest.mark.parametrize("kind", [kind for kind in LAYOUTS if kind is not NftArrival], ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_field_is_where_the_circuit_writes_it(kind: type[Transaction], data: st.DataObject) -> None:
    fields = data.draw(fields_of(kind))
    size = data.draw(st.sampled_from(SIZES))
    index = data.draw(st.integers(0, size - 1))
    read = read_transactions(1, size, block({index: written(kind, fields)}, size))
    assert [type(each) for each in read] == [kind if place == index else Noop for place in range(size)]
    found = read[index]._asdict()
    expected = {name: value(name, text) for name, text in fields.items()}
    if kind is NftMint:
        del expected["kind"]
    assert found == expected


@given(data=st.data())
def test_a_mint_to_any_account_is_read_with_the_two_transactions_that_state_it(data: st.DataObject) -> None:
    fields = data.draw(fields_of(NftArrival))
    stated = data.draw(fields_of(NftData))
    minter, contract = (data.draw(st.binary(min_size=20, max_size=20).filter(any)) for _ in range(2))
    halves = [
        stated | {"scheme": scheme, "address": address, "account": fields["to_account"], "slot": fields["slot"]}
        for scheme, address in ((b"\0", minter), (b"\1", contract))
    ]
    index = data.draw(st.integers(0, 13))
    transactions = (written(NftArrival, fields), *(written(NftData, half) for half in halves))
    read = read_transactions(1, 16, block(dict(enumerate(transactions, index)), 16))
    expected = {name: value(name, text) for name, text in fields.items()}
    expected |= {name: value(name, stated[name]) for name in ("nft_id", "royalty", "nft_type")}
    assert read[index]._asdict() == expected | {"minter": minter, "contract": contract}
    assert [type(each) for each in read[index : index + 3]] == [NftArrival, NftData, NftData]


def bits(text: bytes, start: int, count: int) -> int:
    """Some bits of a transaction, counted from its first one, as `flattenReverse` puts them."""
    return int.from_bytes(text, "big") >> (TRANSACTION * 8 - start - count) & (1 << count) - 1


def from_float(text: bytes, start: int, mantissa: int) -> int:
    """An exponent of 5 bits, and a mantissa: Constants.h, Float24Encoding and Float16Encoding."""
    return int(bits(text, start + 5, mantissa) * 10 ** bits(text, start, 5))


@given(fields_of(SpotTrade))
def test_a_trade_means_what_the_circuit_means(fields: dict[str, bytes]) -> None:
    text = written(SpotTrade, fields)
    [trade] = read_transactions(1, 1, block({0: text}, 1))
    assert isinstance(trade, SpotTrade)
    assert trade.fill_a == from_float(text, 21 * 8, 19)
    assert trade.fill_b == from_float(text, 24 * 8, 19)
    # feeBips has 14 bits: the lower six beside fillAmountBorS, the upper eight at the end.
    assert trade.fee_bips_a == bits(text, 33 * 8, 8) * 64 + bits(text, 27 * 8 + 2, 6)
    assert trade.fee_bips_b == bits(text, 34 * 8, 8) * 64 + bits(text, 28 * 8 + 2, 6)
    # TokenTransferDataGadget writes 0 where the token arrives under the number under which it left.
    assert trade.bought_a == (bits(text, 29 * 8, 16) or bits(text, 19 * 8, 16))
    assert trade.bought_b == (bits(text, 31 * 8, 16) or bits(text, 17 * 8, 16))


@given(fields_of(Transfer))
def test_a_transfer_means_what_the_circuit_means(fields: dict[str, bytes]) -> None:
    text = written(Transfer, fields)
    [transfer] = read_transactions(1, 1, block({0: text}, 1))
    assert isinstance(transfer, Transfer)
    assert transfer.amount == from_float(text, 12 * 8, 19)
    assert float16(transfer.written_fee) == from_float(text, 17 * 8, 11)
    assert transfer.to_token == (bits(text, 63 * 8, 16) or bits(text, 10 * 8, 16))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("000000", 0),
        ("000001", 1),
        ("07ffff", 524_287),
        ("080001", 10),
        ("4249f0", 15_000_000_000_000),
        ("ffffff", 524_287 * 10**31),
    ],
)
def test_amounts_of_24_bits(text: str, number: int) -> None:
    assert float24(bytes.fromhex(text)) == number


@pytest.mark.parametrize(
    ("text", "number"), [("0000", 0), ("07ff", 2_047), ("0801", 10), ("7aaf", 687 * 10**15), ("ffff", 2_047 * 10**31)]
)
def test_fees_of_16_bits(text: str, number: int) -> None:
    assert float16(int(text, 16)) == number
