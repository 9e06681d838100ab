"""Archives for tests, and strategies for their contents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st

from bot.archive.lines import AccountRecord, Header, HeldRecord, order
from bot.archive.writer import write_archive
from bot.holdings import LOOPRING, Collection, Nft, NftList
from bot.reasons import as_recorded

RECORDED_AT = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
ADA = "0x90e78956725e312a4217e90bdd1d8a496f018a71"

texts = st.text(max_size=12)
moments = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
ids = st.integers(1, 10**12).map(str)
uris = st.lists(st.text(min_size=1, max_size=8), max_size=8, unique=True).map(tuple)
totals = st.none() | st.integers(0, 10**6)


def header(*, has_nfts: bool = False, network: str = LOOPRING) -> Header:
    """A header; a test names what matters to it."""
    return Header(network, "Loopring", RECORDED_AT, "tessera 0", has_nfts=has_nfts)


collections = st.builds(
    Collection,
    network=st.just(LOOPRING),
    collection_id=ids,
    name=texts,
    description=texts,
    contract_address=texts,
    owner=texts,
    nft_type=texts,
    deploy_status=texts,
    avatar_uris=uris,
    banner_uris=uris,
    wide_uris=uris,
    created_at=st.none() | moments,
    updated_at=st.none() | moments,
    properties=st.lists(st.tuples(texts, st.booleans()), max_size=3).map(tuple),
    is_scam=st.booleans(),
)
nfts = st.builds(Nft, key=texts, nft_id=texts, copies=st.integers(0, 2**256 - 1), name=texts, image_uris=uris)
nft_lists = st.builds(
    NftList,
    nfts=st.lists(nfts, max_size=3).map(tuple),
    complete=st.booleans(),
    total=totals,
    incomplete_reason=texts.map(as_recorded),
)


@st.composite
def holdings_of(draw: st.DrawFn) -> tuple[list[Collection], list[AccountRecord]]:
    """Collections and accounts that hold some of them, each in order."""
    known = draw(st.lists(collections, max_size=6, unique_by=lambda each: each.collection_id))
    known.sort(key=lambda each: order(each.collection_id))
    held = (
        st.lists(st.sampled_from([each.collection_id for each in known]), max_size=4, unique=True)
        if known
        else st.just([])
    )
    kinds = st.integers(0, 2**63 - 1)
    records = st.builds(
        AccountRecord,
        account_id=ids,
        as_of=moments,
        owner=texts,
        total=totals,
        incomplete_reason=texts,
        holdings=held.flatmap(
            lambda chosen: st.tuples(
                *(st.builds(HeldRecord, st.just(each), kinds, st.none() | nft_lists) for each in chosen)
            )
        ),
    )
    accounts = draw(st.lists(records, max_size=8, unique_by=lambda each: each.account_id))
    return known, sorted(accounts, key=lambda each: order(each.account_id))


def write_small(
    path: Path, *, accounts: int = 40, incomplete_reason: str = ""
) -> tuple[Sequence[Collection], Sequence[AccountRecord]]:
    """An archive of some accounts from 10001 on, each with three of five collections; the first is Ada's."""
    known = [
        Collection(
            LOOPRING,
            str(number),
            name=f"Number {number}",
            contract_address="0x" + f"{number:02}" * 20,
            avatar_uris=(f"ipfs://a{number}", f"ipfs://b{number}"),
            banner_uris=(f"ipfs://b{number}",),
            created_at=RECORDED_AT,
        )
        for number in range(1, 6)
    ]
    records = [
        AccountRecord(
            str(10001 + number),
            RECORDED_AT,
            ADA if number == 0 else f"0x{number:040x}",
            3,
            incomplete_reason,
            tuple(HeldRecord(str(1 + (number + step) % 5), 1 + number) for step in range(3)),
        )
        for number in range(accounts)
    ]
    write_archive(path, header(), known, records)
    return known, records
