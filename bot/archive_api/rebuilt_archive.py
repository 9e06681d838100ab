"""The end of a replay of layer 2 → an ordinary archive of holdings.

A collection is known there by its contract; `bot.archive.known_collections` says which number that is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from bot import __version__
from bot.archive.index import Index
from bot.archive.known_collections import FoundCollection, KnownCollection, collections_of, standard_of
from bot.archive.lines import AccountRecord, Header, HeldRecord, RebuiltFrom, order
from bot.archive.source_names import BLOCKS
from bot.archive.writer import write_archive
from bot.archive_api.metadata.metadata_file import NftMetadata
from bot.holdings import LOOPRING, Nft, NftList
from bot.l2.account_state import AccountState, ContractHoldings
from bot.l2.block_check import EXCHANGE
from bot.l2.replay import Replay
from bot.messages import Words
from bot.reasons import as_recorded

# How blocks write the standard of an NFT; a published snapshot writes it the other way round.
_STANDARDS = ("ERC1155", "ERC721")


def write_rebuilt(
    path: Path,
    replay: Replay,
    known: Mapping[str, KnownCollection],
    metadata: Mapping[int, NftMetadata] = MappingProxyType({}),
    found: Mapping[str, FoundCollection] = MappingProxyType({}),
) -> Index:
    """Write what a replay came to.

    Args:
        path: The archive; an existing one stays until the new one is complete.
        replay: At its end; it has applied at least one block.
        known: What is known of collections, by contract in lower case.
        metadata: What is known of NFTs, by their ids.
        found: What collections' own metadata says, by contract in lower case.

    Raises:
        ConfigError: it cannot be written, or the list gives two contracts one number.
    """
    as_of = datetime.fromtimestamp(replay.timestamp, UTC)
    rebuilt = RebuiltFrom(replay.last_block, "0x" + replay.root.hex(), "0x" + EXCHANGE.hex())
    header = Header(LOOPRING, BLOCKS, as_of, f"tessera {__version__}", has_nfts=True, rebuilt=rebuilt)
    collections = collections_of(_standards(replay), known, found)
    numbers = {each.contract_address: each.collection_id for each in collections}
    return write_archive(path, header, collections, _records(replay, numbers, metadata, as_of), may_exist=False)


def _standards(replay: Replay) -> dict[str, str]:
    """The contracts that anybody holds something of, and the standard of each where all that is held agrees."""
    types: dict[str, set[int]] = {}
    for state in replay.accounts():
        for each in state.holdings:
            types.setdefault(each.contract, set()).update(each.nft_types)
    return {contract: standard_of(map(_standard, found)) for contract, found in types.items()}


def _standard(nft_type: int) -> str:
    return _STANDARDS[nft_type] if nft_type < len(_STANDARDS) else ""


def _records(
    replay: Replay, numbers: Mapping[str, str], metadata: Mapping[int, NftMetadata], as_of: datetime
) -> Iterator[AccountRecord]:
    for state in replay.accounts():
        records = (_held(each, numbers, metadata, state.incomplete_reason) for each in state.holdings)
        held = sorted(records, key=lambda each: order(each.collection_id))
        yield _record(state, tuple(held), as_of)


def _record(state: AccountState, held: tuple[HeldRecord, ...], as_of: datetime) -> AccountRecord:
    since = state.owner_since
    return AccountRecord(
        str(state.account_id),
        as_of,
        state.owner,
        total=None if state.incomplete_reason else len(held),
        incomplete_reason=str(state.incomplete_reason) if state.incomplete_reason else "",
        holdings=held,
        owner_since=(since.block, since.transaction) if since else None,
    )


def _held(
    held: ContractHoldings, numbers: Mapping[str, str], metadata: Mapping[int, NftMetadata], why: Words | None
) -> HeldRecord:
    """What is held of a contract. Of an account that may hold something else, no list is complete either."""
    rows = tuple(_nft(held.contract, nft_id, copies, metadata.get(nft_id)) for nft_id, copies in held.nfts)
    total, reason = (None, as_recorded(str(why))) if why else (len(rows), None)
    return HeldRecord(
        numbers[held.contract], len(rows), NftList(rows, complete=not why, total=total, incomplete_reason=reason)
    )


def _nft(contract: str, nft_id: int, copies: int, about: NftMetadata | None) -> Nft:
    name, image = (about.name, about.image) if about else ("", "")
    images = (image,) if image else ()
    return Nft(f"{contract}:{nft_id:#x}", f"0x{nft_id:064x}", copies, name, image_uris=images)
