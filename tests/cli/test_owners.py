"""`tessera owners …`: what is stored of an account's owner, what sources say, and the operator's own word."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bot.app.serve import serve
from bot.cli.main import main
from bot.config.settings import load
from bot.errors import ConfigError
from bot.holdings import LOOPRING, Account
from bot.links import NOWHERE
from bot.store import Store
from bot.store.linking.owner_table import FIRST, OwnerFact, set_fact
from bot.store.pseudonyms import OPERATOR, pseudonyms
from tests.cli.result import Result
from tests.lookup.test_owners import NOW
from tests.owner_sources import ADA, ADA_OWNER, HANA, HANA_OWNER, lie, write_owners
from tests.sandbox_client import SECRETS, SandboxClient, write_config
from tests.store.fixtures import damage

ADA_SHOWN, HANA_SHOWN = "0x90E78956725e312A4217e90Bdd1D8a496f018A71", "0xF153278D25B7C23dA3d5183D43Fb68321778175D"
# The members are of no meaning here: ann has linked and proven ada's account, ben has linked it.
ANN, BEN = 401, 402

Owners = Callable[..., Awaitable[Result]]


@pytest.fixture
def config(sandbox: SandboxClient, tmp_path: Path) -> Path:
    """Loopring, with an archive as its fallback that knows ada's account."""
    return configure(sandbox, tmp_path)


def configure(sandbox: SandboxClient, folder: Path, owners: str = "agree", of_ada: str = ADA_OWNER) -> Path:
    """A configuration with that rule, and an archive that says that about ada's account."""
    archive = write_owners(folder / "then.gz", {ADA: of_ada})
    table = f'[[source]]\nkind = "archive"\nname = "then"\npath = "{archive}"'
    loopring = 'requests_per_second = 1000\ntimeout_seconds = 60\nfallback = "then"'
    return write_config(folder, sandbox, loopring=loopring, sources=table, linking=f'owners = "{owners}"')


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A store in which ann has proven ada's account, by the word of the first source, and ben has linked it."""
    path = tmp_path / "tessera.db"
    store = await Store.open(path)

    def work(db: Database) -> None:
        fact = OwnerFact(Account(LOOPRING, ADA), ADA_OWNER, ("loopring",), FIRST, is_confirmed=True, seen_at=NOW)
        set_fact(db, fact)
        for user_id in (ANN, BEN):
            sql = "INSERT INTO links (user_id, account, owner, label, is_main, linked_at)"
            db.execute(f"{sql} VALUES (?, 'loopring:10001', ?, '', 1, 0)", [user_id, ADA_OWNER])
        for owner, user_id in ((ADA_OWNER, ANN), (HANA_OWNER, BEN)):
            db.execute("INSERT INTO proofs VALUES (?, ?, 'eoa', ?, NULL, 0, 0)", [owner, user_id, b"hash"])

    await store.writer.transaction(work)
    await store.close()
    return path


@pytest.fixture
def owners(capsys: pytest.CaptureFixture[str], config: Path) -> Owners:
    """Run `tessera owners`."""

    async def run(command: str, *arguments: str, config: Path = config) -> Result:
        code = await asyncio.to_thread(main, ["owners", command, "--config", str(config), *arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Result(code, out, err)

    return run


async def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """What the store holds."""
    return await Store.read_beside_bot(path, lambda db: db.execute(sql).fetchall())


async def proven(path: Path) -> dict[int, bool]:
    """Who has linked ada's account, and whether it is proven."""
    store = await Store.open(path)
    try:
        return {user: bool((await store.proven.of(user, NOWHERE)).accounts) for user in (ANN, BEN)}
    finally:
        await store.close()


# ---------------------------------------------------------------- show


@pytest.mark.usefixtures("path")
async def test_it_shows_what_is_stored_by_whom_and_what_each_source_says(owners: Owners) -> None:
    shown = await owners("show", ADA)
    assert (shown.code, shown.err) == (0, "")
    assert shown.lines == [
        "loopring:10001",
        f"  stored: {ADA_SHOWN}, by loopring (first), on 2026-11-26 00:00 UTC; a proof may rest on it",
        "  linked by 2, proven by 1",
        "  rule: who owns an account of loopring is what all of these agree on: loopring, then",
        f"  loopring: {ADA_SHOWN}",
        f"  then: {ADA_SHOWN}",
    ]


@pytest.mark.usefixtures("path")
async def test_it_shows_a_contradiction_and_exits_1(sandbox: SandboxClient, owners: Owners) -> None:
    await lie(sandbox, ADA, HANA_OWNER)
    shown = await owners("show", f"loopring:{ADA}")
    assert shown.code == 1
    assert shown.lines[-3:] == [
        f"  loopring: {HANA_SHOWN}",
        f"  then: {ADA_SHOWN}",
        "  They contradict each other: `tessera owners set` decides.",
    ]


@pytest.mark.usefixtures("path")
async def test_it_shows_who_is_silent_or_cannot_speak(sandbox: SandboxClient, owners: Owners) -> None:
    known = await owners("show", HANA)
    assert known.code == 0  # an archive that does not contain it is no fault
    assert "  stored: nothing is stored: it is asked when it is needed" in known.lines
    assert known.lines[-1].startswith("  then: The archive of loopring does not contain account 10002")
    await sandbox.fault("html", path="/account")
    silent = await owners("show", HANA)
    assert silent.code == 1
    assert "HTML instead of JSON" in silent.lines[-2]


@pytest.mark.usefixtures("path")
async def test_where_an_archive_is_pinned_no_other_word_matters(
    sandbox: SandboxClient, owners: Owners, tmp_path: Path
) -> None:
    pinned = hashlib.sha256((tmp_path / "then.gz").read_bytes()).hexdigest()
    await lie(sandbox, ADA, HANA_OWNER)
    shown = await owners("show", ADA, config=configure(sandbox, tmp_path, f"archive:{pinned}"))
    assert shown.code == 0
    assert "  rule: who owns an account of loopring is what the archive then says, and no other source" in shown.lines


# ---------------------------------------------------------------- set and forget


async def test_the_operators_word_takes_the_account_from_one_proof_and_gives_it_to_another(
    owners: Owners, path: Path
) -> None:
    assert await proven(path) == {ANN: True, BEN: False}
    said = await owners("set", ADA, HANA_SHOWN)
    assert (said.code, said.err) == (0, "")
    assert said.lines == [
        f"loopring:10001: owned by {HANA_SHOWN}, by the operator's word.",
        f"Before: {ADA_SHOWN}, by loopring (first), on 2026-11-26 00:00 UTC; a proof may rest on it.",
        "Linked by 2 members.",
        "Proven before by 1 of them, whose proof does not cover it any more.",
        "Proven now by 1 of them, by a proof that was there already.",
    ]
    assert await rows(path, "SELECT DISTINCT owner FROM links") == [(HANA_OWNER,)]
    assert await proven(path) == {ANN: False, BEN: True}
    assert "by the operator (operator)" in (await owners("show", ADA)).out


async def test_what_is_forgotten_is_asked_again_and_covers_nothing_until_then(owners: Owners, path: Path) -> None:
    said = await owners("forget", ADA)
    assert said.code == 0
    assert said.lines[0] == "loopring:10001: forgotten; the sources are asked again when it is needed."
    assert "Proven before by 1 of them, whose proof does not cover it any more." in said.lines
    assert await proven(path) == {ANN: False, BEN: False}
    assert await rows(path, "SELECT * FROM owners") == []
    again = await owners("forget", ADA)
    assert (again.code, again.lines[1]) == (0, "Before: nothing is stored: it is asked when it is needed.")


async def test_both_are_noted_in_the_audit_without_the_account(owners: Owners, path: Path) -> None:
    await owners("set", ADA, HANA_OWNER)
    await owners("forget", ADA)
    of = pseudonyms(SECRETS["DISCORD_TOKEN"])
    assert await rows(path, "SELECT actor, verb, subject FROM audit ORDER BY id") == [
        (of(OPERATOR), "owner-set", None),
        (of(OPERATOR), "owner-forget", None),
    ]


# ---------------------------------------------------------------- what is refused


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("command", ["show", "forget", "set"])
@pytest.mark.parametrize("account", [ADA_OWNER, "ada.loopring.eth", f"loopring:{ADA_OWNER}"])
async def test_only_numbers_have_an_owner_to_be_said(owners: Owners, command: str, account: str) -> None:
    refused = await owners(command, account, *([HANA_OWNER] if command == "set" else []))
    assert refused.code == 2
    assert refused.complaint.startswith("tessera: Name an account by its number, such as `10001`")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [("0x12", "address"), (ADA_SHOWN.replace("E", "e", 1), "checksum"), ("0x" + "0" * 40, "zero")],
)
async def test_an_address_that_is_none_is_refused(owners: Owners, path: Path, address: str, sentence: str) -> None:
    refused = await owners("set", ADA, address)
    assert refused.code == 2
    assert sentence in refused.complaint
    assert await rows(path, "SELECT count(*) FROM audit") == [(0,)]


@pytest.mark.parametrize("command", ["show", "forget", "set"])
async def test_no_store_is_ever_made(owners: Owners, tmp_path: Path, command: str) -> None:
    refused = await owners(command, ADA, *([HANA_OWNER] if command == "set" else []))
    assert refused.code == 2
    assert "there is no store yet. Start the bot once" in refused.complaint
    assert not (tmp_path / "tessera.db").exists()


async def test_a_damaged_store_exits_3(owners: Owners, path: Path) -> None:
    damage(path)
    assert (await owners("set", ADA, HANA_OWNER)).code == 3


async def test_without_a_token_nothing_is_changed(owners: Owners, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCORD_TOKEN")
    refused = await owners("set", ADA, HANA_OWNER)
    assert (refused.code, "set DISCORD_TOKEN" in refused.complaint) == (2, True)
    assert await rows(path, "SELECT owner FROM owners") == [(ADA_OWNER,)]
    assert (await owners("show", ADA)).code == 0


@pytest.mark.parametrize("command", [[], ["show"], ["set"], ["forget"]], ids=" ".join)
def test_help_is_printed(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["owners", *command, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(" ".join(["usage: tessera owners", *command]))


# ---------------------------------------------------------------- the rule


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("agree", "✓ Owners: who owns an account of loopring is what all of these agree on: loopring, then"),
        (
            "first",
            "✓ Owners: who owns an account of loopring is the word of the first of these that answers: loopring, then",
        ),
    ],
)
async def test_check_says_which_rule_is_in_force_and_who_can_speak(
    sandbox: SandboxClient, tmp_path: Path, rule: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configure(sandbox, tmp_path, rule)
    assert await asyncio.to_thread(main, ["check", "--config", str(config)]) == 0
    assert words in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("command", [["check"], ["collections", ADA]], ids=lambda each: each[0])
async def test_an_archive_with_another_hash_is_a_configuration_error(
    sandbox: SandboxClient, tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    config = configure(sandbox, tmp_path, "archive:" + "0" * 64)
    found = hashlib.sha256((tmp_path / "then.gz").read_bytes()).hexdigest()
    assert await asyncio.to_thread(main, [command[0], "--config", str(config), *command[1:]]) == 2
    out, err = capsys.readouterr()
    assert f"no [[source]] has that SHA-256. Found: then is {found}." in out + err
    assert "Traceback" not in err


async def test_the_bot_does_not_start_without_the_archive_that_is_pinned(
    sandbox: SandboxClient, tmp_path: Path
) -> None:
    settings = load(configure(sandbox, tmp_path, "archive:" + "0" * 64), SECRETS)
    with pytest.raises(ConfigError, match=r"has that SHA-256\. Found: then is"):
        await serve(settings, asyncio.Event())
