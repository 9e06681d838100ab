"""The header of a block of Ethereum, from before the merge: its hash, and what that hash proves."""

from __future__ import annotations

from typing import NamedTuple

from eth_hash.auto import keccak

from bot.archive_api.era1.rlp_items import RlpError, items_of, read_item

# Where they are among the fields of a header; the last one came with London.
_PARENT, _TRANSACTIONS, _RECEIPTS, _NUMBER = 0, 4, 5, 8
_COUNTS = (15, 16)
_HASH = 32


class L1Header(NamedTuple):
    """What is needed of a header.

    Attributes:
        number: Of the block.
        hash: The block's: of everything in the header.
        parent: The hash of the block before it.
        transactions_root: Of its transactions.
        receipts_root: Of its receipts, in which its events are.
    """

    number: int
    hash: bytes
    parent: bytes
    transactions_root: bytes
    receipts_root: bytes


def read_header(encoded: bytes) -> L1Header:
    """A header as RLP.

    Raises:
        RlpError: it is none.
    """
    item = read_item(encoded)
    fields = items_of(item)
    if len(item.whole) != len(encoded) or len(fields) not in _COUNTS:
        raise RlpError("its header is not one of before the merge")
    parent, transactions, receipts = (fields[place].content for place in (_PARENT, _TRANSACTIONS, _RECEIPTS))
    if {len(parent), len(transactions), len(receipts)} != {_HASH}:
        raise RlpError("its header has a hash that is none")
    return L1Header(int.from_bytes(fields[_NUMBER].content, "big"), keccak(encoded), parent, transactions, receipts)
