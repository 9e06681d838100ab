"""From which sources an owner is known that a proof may rest on: all, the first, a pinned archive, the operator."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.errors import ConfigError, ContradictionError, NotFoundError, NotRecordedError, TesseraError, UnavailableError
from bot.holdings import LOOPRING, Account, Owner
from bot.lookup.lookup import Lookup
from bot.lookup.owner_rule import OwnerRule
from bot.names import Names
from bot.sources.archive import ArchiveSource
from bot.sources.chain import ChainedSource
from bot.sources.loopring import LoopringSource
from bot.store import Store
from bot.store.linking.owner_table import FIRST, OPERATOR, SHOWN, OwnerFact
from tests.lookup.conftest import LONG, SOMEONE
from tests.lookup.test_owners import NOW
from tests.owner_sources import ADA, ADA_OWNER, HANA, HANA_OWNER, lie, write_owners
from tests.sandbox_client import SandboxClient

ACCOUNT = Account(LOOPRING, ADA)
SILENCE = "Who owns loopring:10001 cannot be confirmed right now, as not every source answers. Try again later."
UNDECIDED = "Who owns loopring:10001 cannot be decided: this bot's operator must look at that."

Open = Callable[..., Awaitable[Lookup]]


@asynccontextmanager
async def archive_of(folder: Path, name: str, owners: dict[str, str]) -> AsyncIterator[ArchiveSource]:
    """An archive that says who owns some accounts."""
    archive = await ArchiveSource.open(write_owners(folder / f"{name}.gz", owners), name=name)
    try:
        yield archive
    finally:
        await archive.close()


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[ArchiveSource]:
    """One that knows ada's account, and hana's without its owner."""
    async with archive_of(tmp_path, "then", {ADA: ADA_OWNER, HANA: ""}) as archive:
        yield archive


@pytest.fixture
async def open_lookup(source: LoopringSource, archive: ArchiveSource, store: Store) -> AsyncIterator[Open]:
    """Look-ups at Loopring with an archive as its fallback, after a start with that rule."""
    lookups: list[Lookup] = []

    async def start(rule: str = "agree", *, alone: bool = False) -> Lookup:
        sources = [source if alone else ChainedSource(source, archive)]
        lookups.append(Lookup(sources, store, cache_for=LONG, owner_rule=OwnerRule(rule)))
        await lookups[-1].owners.apply_rule()
        return lookups[-1]

    yield start
    for lookup in lookups:
        await lookup.close()


async def sentence_of(lookup: Lookup, account: str, kind: type[TesseraError]) -> str:
    """Why nothing is decided about an account."""
    with pytest.raises(kind) as error:
        await lookup.owner_of(Account(LOOPRING, account), SOMEONE)
    assert type(error.value) is kind
    return error.value.sentence


# ---------------------------------------------------------------- agreement


async def test_the_fallback_is_asked_although_the_first_source_answers(open_lookup: Open, store: Store) -> None:
    assert await (await open_lookup()).owner_of(ACCOUNT, SOMEONE) == ADA_OWNER
    fact = await store.owners.get(ACCOUNT)
    assert fact
    assert (fact.owner, fact.sources, fact.basis) == (ADA_OWNER, ("loopring", "then"), "agree:loopring,then")
    assert fact.is_confirmed


async def test_what_was_agreed_on_is_not_asked_again(sandbox: SandboxClient, open_lookup: Open) -> None:
    lookup = await open_lookup()
    for _ in range(3):
        assert await lookup.owner_of(ACCOUNT, SOMEONE) == ADA_OWNER
    assert await (await open_lookup()).owner_of(ACCOUNT, SOMEONE) == ADA_OWNER  # nor after a restart
    assert len(await sandbox.requests("/account")) == 1


async def test_a_first_source_that_lies_decides_nothing(
    sandbox: SandboxClient, open_lookup: Open, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await lie(sandbox, ADA, HANA_OWNER)
    lookup = await open_lookup()
    for _ in range(2):
        assert await sentence_of(lookup, ADA, ContradictionError) == UNDECIDED
    assert await store.owners.get(ACCOUNT) is None
    [record] = [each for each in caplog.records if "contradicted" in each.getMessage()]  # once an hour is enough
    assert record.levelname == "ERROR"
    assert "loopring says 0xf153…175d, then says 0x90e7…8a71" in record.getMessage()
    assert ADA_OWNER not in caplog.text


async def test_while_one_is_silent_it_is_tried_later(sandbox: SandboxClient, open_lookup: Open, store: Store) -> None:
    await sandbox.fault("throttle", path="/account")
    lookup = await open_lookup()
    assert await sentence_of(lookup, ADA, UnavailableError) == SILENCE
    assert await store.owners.get(ACCOUNT) is None
    await sandbox.reset()
    assert await lookup.owner_of(ACCOUNT, SOMEONE) == ADA_OWNER


async def test_an_archive_that_does_not_say_cannot_speak(open_lookup: Open, store: Store) -> None:
    lookup = await open_lookup()
    for account in (HANA, "10003"):  # without its owner, and not in it at all
        await lookup.owner_of(Account(LOOPRING, account), SOMEONE)
        fact = await store.owners.get(Account(LOOPRING, account))
        assert fact
        assert (fact.sources, fact.is_confirmed) == (("loopring",), True)


async def test_a_live_source_that_knows_no_such_account_contradicts_the_archive(
    sandbox: SandboxClient, open_lookup: Open
) -> None:
    await sandbox.fault("error", path="/account", code=101002, message="account not found")
    lookup = await open_lookup()
    assert await sentence_of(lookup, ADA, ContradictionError) == UNDECIDED
    assert "no such account" in await sentence_of(lookup, "10003", NotFoundError)


async def test_every_source_of_a_long_chain_is_asked(
    source: LoopringSource, archive: ArchiveSource, store: Store, tmp_path: Path
) -> None:
    async with archive_of(tmp_path, "last", {ADA: HANA_OWNER}) as last:
        lookup = Lookup([ChainedSource(source, ChainedSource(archive, last))], store, cache_for=LONG)
        assert await sentence_of(lookup, ADA, ContradictionError) == UNDECIDED
        await lookup.close()


async def test_on_a_chain_an_account_is_its_own_owner(lookup: Lookup) -> None:
    assert await lookup.owner_of(Account("eip155:1", HANA_OWNER), SOMEONE) == HANA_OWNER


# ---------------------------------------------------------------- showing


async def test_the_first_word_is_shown_and_no_proof_rests_on_it(
    sandbox: SandboxClient, open_lookup: Open, store: Store
) -> None:
    await lie(sandbox, ADA, HANA_OWNER)
    lookup = await open_lookup()
    assert (await lookup.fetch_owner(ACCOUNT, SOMEONE)).address == HANA_OWNER
    fact = await store.owners.get(ACCOUNT)
    assert fact
    assert (fact.sources, fact.basis, fact.is_confirmed) == (("loopring",), SHOWN, False)
    assert await sentence_of(lookup, ADA, ContradictionError) == UNDECIDED


async def test_the_first_that_answers_is_shown_although_another_is_silent(
    sandbox: SandboxClient, open_lookup: Open, store: Store
) -> None:
    await sandbox.fault("html", path="/account")
    assert (await (await open_lookup()).fetch_owner(ACCOUNT, SOMEONE)).address == ADA_OWNER
    fact = await store.owners.get(ACCOUNT)
    assert fact
    assert (fact.sources, fact.is_confirmed) == (("then",), False)


async def test_what_was_shown_before_stands_in_nobodys_way(
    sandbox: SandboxClient, open_lookup: Open, store: Store
) -> None:
    """A lie that was stored once does not keep the true owner out for good."""
    await lie(sandbox, ADA, HANA_OWNER)
    lookup = await open_lookup()
    await lookup.fetch_owner(ACCOUNT, SOMEONE)
    await sandbox.reset()
    assert await lookup.resolve(Names().parse_account(ADA_OWNER), SOMEONE) == ACCOUNT
    fact = await store.owners.get(ACCOUNT)
    assert fact
    assert (fact.owner, fact.is_confirmed) == (ADA_OWNER, True)


async def test_an_address_that_a_liar_gives_an_account_is_not_its_owner(
    sandbox: SandboxClient, open_lookup: Open
) -> None:
    lookup = await open_lookup()
    await lookup.owner_of(ACCOUNT, SOMEONE)
    await lie(sandbox, ADA, HANA_OWNER)
    with pytest.raises(ContradictionError):
        await lookup.resolve(Names().parse_account(HANA_OWNER), SOMEONE)


# ---------------------------------------------------------------- other rules


async def test_the_first_word_is_enough_where_that_is_said(
    sandbox: SandboxClient, open_lookup: Open, store: Store
) -> None:
    await lie(sandbox, ADA, HANA_OWNER)
    assert await (await open_lookup("first")).owner_of(ACCOUNT, SOMEONE) == HANA_OWNER
    fact = await store.owners.get(ACCOUNT)
    assert fact
    assert (fact.sources, fact.basis, fact.is_confirmed) == (("loopring",), FIRST, True)


async def test_one_source_alone_decides(open_lookup: Open, store: Store) -> None:
    assert await (await open_lookup(alone=True)).owner_of(ACCOUNT, SOMEONE) == ADA_OWNER
    fact = await store.owners.get(ACCOUNT)
    assert fact
    assert (fact.basis, fact.is_confirmed) == ("agree:loopring", True)


async def test_the_word_of_one_source_alone_is_confirmed_also_where_it_was_found_for_showing(
    sandbox: SandboxClient, open_lookup: Open
) -> None:
    await (await open_lookup(alone=True)).fetch_owner(ACCOUNT, SOMEONE)
    await sandbox.fault("html", path="/account")
    assert await (await open_lookup(alone=True)).owner_of(ACCOUNT, SOMEONE) == ADA_OWNER


@pytest.mark.parametrize("is_down", [False, True])
async def test_what_an_address_was_found_by_is_stored_with_the_name_of_the_source(
    sandbox: SandboxClient, open_lookup: Open, store: Store, *, is_down: bool
) -> None:
    if is_down:
        await sandbox.fault("html", path="/account")
    await (await open_lookup()).resolve(Names().parse_account(ADA_OWNER), SOMEONE)
    fact = await store.owners.get(ACCOUNT)
    assert fact
    assert fact.sources == (("then",) if is_down else ("loopring",))


@pytest.mark.parametrize(
    ("rule", "alone", "heir"),
    [
        ("agree", True, "loopring"),
        ("first", True, "loopring"),
        ("agree", False, ""),
        ("first", False, ""),
        ("archive", True, ""),
    ],
)
async def test_only_a_live_source_that_is_alone_takes_over_what_was_stored_without_a_name(
    source: LoopringSource, archive: ArchiveSource, rule: str, *, alone: bool, heir: str
) -> None:
    its = OwnerRule(f"archive:{archive.sha256}" if rule == "archive" else rule)
    assert its.in_force(source if alone else ChainedSource(source, archive)).heir == heir
    assert its.in_force(archive).heir == ""  # it can be asked again


async def test_only_the_word_of_the_pinned_archive_counts(
    sandbox: SandboxClient, open_lookup: Open, archive: ArchiveSource, store: Store
) -> None:
    await lie(sandbox, ADA, HANA_OWNER)
    rule = f"archive:{archive.sha256}"
    lookup = await open_lookup(rule)
    assert await lookup.owner_of(ACCOUNT, SOMEONE) == ADA_OWNER
    fact = await store.owners.get(ACCOUNT)
    assert fact
    assert (fact.sources, fact.basis) == (("then",), rule)
    for account in (HANA, "10003"):
        assert "archive" in await sentence_of(lookup, account, NotRecordedError)


async def test_another_hash_is_refused_with_the_one_that_was_found(
    source: LoopringSource, archive: ArchiveSource
) -> None:
    pinned = OwnerRule("archive:" + "0" * 64)
    with pytest.raises(ConfigError, match=f"has that SHA-256. Found: then is {archive.sha256}"):
        pinned.require_archive([ChainedSource(source, archive)])
    with pytest.raises(ConfigError, match="source]] is an archive of accounts with numbers"):
        pinned.require_archive([source])
    OwnerRule(f"archive:{archive.sha256}").require_archive([ChainedSource(source, archive)])
    OwnerRule().require_archive([source])


# ---------------------------------------------------------------- another rule, or the operator


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (("first", False), ("agree", False)),
        (("agree", True), ("agree", False)),  # an archive was added
        (("agree", False), ("first", False)),
        (("agree", False), ("archive", False)),
        (("archive", False), ("agree", False)),
    ],
)
async def test_what_was_found_under_another_rule_is_asked_again(
    open_lookup: Open, store: Store, archive: ArchiveSource, first: tuple[str, bool], then: tuple[str, bool]
) -> None:
    def named(rule: str) -> str:
        return f"archive:{archive.sha256}" if rule == "archive" else rule

    await (await open_lookup(named(first[0]), alone=first[1])).owner_of(ACCOUNT, SOMEONE)
    lookup = await open_lookup(named(then[0]), alone=then[1])
    fact = await store.owners.get(ACCOUNT)
    assert fact
    assert not fact.is_confirmed
    assert await lookup.known_owner(ACCOUNT) == Owner(ADA_OWNER)  # still enough for showing
    assert await lookup.owner_of(ACCOUNT, SOMEONE) == ADA_OWNER
    again = await store.owners.get(ACCOUNT)
    assert again
    assert again.is_confirmed
    assert again.basis != fact.basis


async def test_the_operators_word_wins_under_every_rule(open_lookup: Open, store: Store) -> None:
    other = "0x" + "cd" * 20
    await store.owners.save(OwnerFact(ACCOUNT, other, (), OPERATOR, is_confirmed=True, seen_at=NOW))
    for rule in ("agree", "first"):
        lookup = await open_lookup(rule)
        assert await lookup.owner_of(ACCOUNT, SOMEONE) == other
        assert await lookup.known_owner(ACCOUNT) == Owner(other)


async def test_an_address_that_was_resolved_is_asked_again_after_the_operator_forgot_it(
    sandbox: SandboxClient, open_lookup: Open, store: Store
) -> None:
    """Nothing that is cached outlives the store's word."""
    lookup = await open_lookup(alone=True)
    ada = Names().parse_account(ADA_OWNER)
    await lookup.resolve(ada, SOMEONE)
    await store.writer.run(lambda db: db.execute("DELETE FROM owners"))
    await lie(sandbox, ADA, HANA_OWNER)
    with pytest.raises(UnavailableError):
        await lookup.resolve(ada, SOMEONE)
    assert await store.owners.get(ACCOUNT) is None


async def test_an_address_that_was_resolved_is_not_taken_from_a_cache_after_a_correction(
    open_lookup: Open, store: Store
) -> None:
    lookup = await open_lookup()
    await lookup.resolve(Names().parse_account(ADA_OWNER), SOMEONE)
    other = "0x" + "cd" * 20
    await store.writer.run(lambda db: db.execute("DELETE FROM owners"))
    await store.owners.save(OwnerFact(ACCOUNT, other, (), OPERATOR, is_confirmed=True, seen_at=NOW))
    with pytest.raises(ContradictionError):
        await lookup.resolve(Names().parse_account(ADA_OWNER), SOMEONE)
