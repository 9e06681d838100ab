"""Who owns an account: names looked up once, owners remembered for good, and a store that may fail."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import ContradictionError, InputError, NotFoundError
from bot.holdings import LOOPRING, Account, Owner
from bot.lookup.lookup import Lookup
from bot.names import AccountRef, Names, RefKind
from bot.sources.loopring import LoopringSource
from bot.store import Store
from bot.store.linking.owner_table import FIRST, OwnerFact
from sandbox.app_keys import WORLD
from tests.lookup.conftest import LONG, SOMEONE
from tests.sandbox_client import SandboxClient

ADA = Account(LOOPRING, "10001")
NOW = datetime(2026, 11, 26, tzinfo=UTC)
ADA_OWNER = "0x90e78956725e312a4217e90bdd1d8a496f018a71"


def confirmed(owner: str) -> OwnerFact:
    """What is stored of ada's account, on which a proof may rest."""
    return OwnerFact(ADA, owner, (LOOPRING,), FIRST, is_confirmed=True, seen_at=NOW)


async def test_a_number_is_an_account_without_asking(sandbox: SandboxClient, lookup: Lookup) -> None:
    assert await lookup.resolve(AccountRef(LOOPRING, RefKind.ID, "10001"), SOMEONE) == ADA
    assert await sandbox.requests("") == []


async def test_a_name_is_looked_up_once_to_show_what_is_held(sandbox: SandboxClient, lookup: Lookup) -> None:
    ref = Names().parse_account("ada.loopring.eth")
    for _ in range(3):
        account, shown = await lookup.find_holdings(ref, SOMEONE)
        assert account == ADA
        assert [each async for each in shown][-1].complete
    assert await lookup.resolve(Names().parse_account(ADA_OWNER), SOMEONE) == ADA
    assert len(await sandbox.requests("resolveEns")) == 1
    assert len(await sandbox.requests("/account")) == 1


async def test_a_name_is_looked_up_now_for_what_is_linked_or_proven(sandbox: SandboxClient, lookup: Lookup) -> None:
    ref = Names().parse_account("ada.loopring.eth")
    assert await lookup.resolve(ref, SOMEONE) == ADA
    accounts = sandbox.app[WORLD].accounts
    accounts[10001].name, accounts[10002].name = accounts[10002].name, accounts[10001].name
    assert await lookup.resolve(ref, SOMEONE) == Account(LOOPRING, "10002")
    assert (await lookup.find_holdings(ref, SOMEONE))[0] == Account(LOOPRING, "10002")


async def test_a_name_without_an_account_says_which_address_it_is(lookup: Lookup) -> None:
    with pytest.raises(NotFoundError, match=r"^nomad\.eth is 0x[0-9a-f]{40}\. Loopring has no account for 0x"):
        await lookup.resolve(Names().parse_account("nomad.eth"), SOMEONE)


async def test_an_account_that_was_not_found_is_asked_for_again(sandbox: SandboxClient, lookup: Lookup) -> None:
    await sandbox.fault("error", path="/account", code=101002, message="account not found", times=1)
    with pytest.raises(NotFoundError):
        await lookup.resolve(Names().parse_account(ADA_OWNER), SOMEONE)
    assert await lookup.resolve(Names().parse_account(ADA_OWNER), SOMEONE) == ADA


async def test_an_owner_is_still_known_after_a_restart(
    sandbox: SandboxClient, source: LoopringSource, tmp_path: Path
) -> None:
    for number in range(2):
        store = await Store.open(tmp_path / "owners.db")
        lookup = Lookup([source], store, cache_for=LONG)
        known = await lookup.known_owner(ADA)
        assert known == Owner(ADA_OWNER if number else "")
        # The owner cannot change and is stored; its name can, and is asked for again.
        assert await lookup.fetch_owner(ADA, SOMEONE) == Owner(ADA_OWNER, "ada.loopring.eth")
        await lookup.close()
        await store.close()
    assert len(await sandbox.requests("/account")) == 1


async def test_an_address_that_was_resolved_is_a_known_owner(sandbox: SandboxClient, lookup: Lookup) -> None:
    await lookup.resolve(Names().parse_account(ADA_OWNER), SOMEONE)
    assert await lookup.known_owner(ADA) == Owner(ADA_OWNER)
    assert len(await sandbox.requests("/account")) == 1


@pytest.mark.parametrize("account", ["10001", "999999"])
async def test_an_owner_that_cannot_be_found_out_is_left_out(
    sandbox: SandboxClient, lookup: Lookup, account: str
) -> None:
    if account == "10001":
        await sandbox.fault("status", path="/account", status=503)
    assert await lookup.fetch_owner(Account(LOOPRING, account), SOMEONE) == Owner()
    assert await lookup.known_owner(Account(LOOPRING, account)) == Owner()


async def test_an_owner_without_a_name_is_shown_without(sandbox: SandboxClient, lookup: Lookup) -> None:
    await sandbox.fault("throttle", path="resolveName", times=3)
    assert await lookup.fetch_owner(ADA, SOMEONE) == Owner(ADA_OWNER)
    assert await lookup.fetch_owner(ADA, SOMEONE) == Owner(ADA_OWNER, "ada.loopring.eth")


async def test_an_owner_and_its_name_are_asked_for_once(sandbox: SandboxClient, lookup: Lookup) -> None:
    for _ in range(3):
        assert await lookup.fetch_owner(ADA, SOMEONE) == Owner(ADA_OWNER, "ada.loopring.eth")
    assert await lookup.known_owner(ADA) == Owner(ADA_OWNER, "ada.loopring.eth")
    assert len(await sandbox.requests("/account")) == len(await sandbox.requests("resolveName")) == 1


# ---------------------------------------------------------------- sources that contradict each other


async def test_two_owners_of_one_account_are_an_error(
    sandbox: SandboxClient, store: Store, lookup: Lookup, caplog: pytest.LogCaptureFixture
) -> None:
    """A source was wrong once: nothing may be concluded from either answer, and the stored one stays."""
    other = "0x" + "ab" * 20
    await store.owners.save(confirmed(other))
    for number in (1, 2):  # nor is it taken from a cache the second time
        with pytest.raises(
            ContradictionError, match=r"Who owns loopring:10001 cannot be decided: .* operator must look at that"
        ):
            await lookup.resolve(Names().parse_account(ADA_OWNER), SOMEONE)
        assert len(await sandbox.requests("/account")) == number
    assert await store.owners.get(ADA) == confirmed(other)
    assert await lookup.known_owner(ADA) == Owner(other)
    assert "one of them is wrong" in caplog.text


async def test_an_owner_that_is_reported_again_is_the_same(
    sandbox: SandboxClient, make_lookup: Callable[..., Lookup]
) -> None:
    for _ in range(2):
        assert await make_lookup().resolve(Names().parse_account(ADA_OWNER), SOMEONE) == ADA
    assert len(await sandbox.requests("/account")) == 2


async def test_a_contradiction_while_an_owner_is_asked_for_is_an_error_too(
    sandbox: SandboxClient, store: Store, lookup: Lookup
) -> None:
    asking = asyncio.create_task(lookup.owner_of(ADA, SOMEONE))
    await learn_meanwhile(sandbox, store)
    with pytest.raises(ContradictionError, match="Who owns"):
        await asking


async def test_a_card_shows_no_owner_rather_than_one_of_two(
    sandbox: SandboxClient, store: Store, lookup: Lookup
) -> None:
    asking = asyncio.create_task(lookup.fetch_owner(ADA, SOMEONE))
    await learn_meanwhile(sandbox, store)
    assert await asking == Owner()


async def learn_meanwhile(sandbox: SandboxClient, store: Store) -> None:
    """Store another owner while Loopring is being asked."""
    await sandbox.fault("slow", path="/account", times=1, seconds=0.5)
    await sandbox.until_asked("/account")
    await store.owners.save(confirmed("0x" + "ab" * 20))


# ---------------------------------------------------------------- a store that fails


def spoil(path: Path) -> None:
    """What a broken disk leaves of an open store."""
    for file in path.parent.glob(f"{path.name}*"):
        file.write_bytes(b"\xff" * file.stat().st_size)


def refuse_writes(path: Path) -> None:
    """Reading works, saving fails: a full disk, or one that became read-only."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TRIGGER full BEFORE INSERT ON owners BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    db.close()


@pytest.mark.parametrize("harm", [spoil, refuse_writes])
async def test_a_store_that_fails_never_fails_a_command(
    lookup: Lookup, store: Store, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    del store  # opened by its fixture
    harm(tmp_path / "t.db")
    await ask_for_everything(lookup)


async def test_a_store_that_was_closed_never_fails_a_command_that_is_still_under_way(
    source: LoopringSource, tmp_path: Path
) -> None:
    store = await Store.open(tmp_path / "closed.db")
    lookup = Lookup([source], store, cache_for=LONG)
    await store.close()
    await ask_for_everything(lookup)


async def ask_for_everything(lookup: Lookup) -> None:
    assert await lookup.known_owner(ADA) == Owner()
    assert await lookup.resolve(Names().parse_account("ada.loopring.eth"), SOMEONE) == ADA
    assert await lookup.fetch_owner(ADA, SOMEONE) == Owner(ADA_OWNER, "ada.loopring.eth")
    assert [holdings.complete async for holdings in lookup.subscribe_holdings(ADA, SOMEONE)] == [True]


async def test_an_account_of_a_removed_source_is_reported_as_that(lookup: Lookup) -> None:
    gone = Account("taiko", "5")
    with pytest.raises(InputError, match="No source here knows `taiko` any more"):
        await lookup.owner_of(gone, SOMEONE)
    with pytest.raises(InputError, match="No source here knows `taiko` any more"):
        lookup.subscribe_holdings(gone, SOMEONE)
