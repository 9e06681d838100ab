"""`tessera snapshot …`, beside a bot that has the store open."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.gates.gate import GuildSettings
from bot.store.pseudonyms import OPERATOR, pseudonyms
from tests.cli.result import Result
from tests.sandbox_client import SECRETS
from tests.sync.sync_harness import GUILD, MOD, OTHER_GUILD, SyncHarness, account_of, open_sync, user

Command = Callable[..., Awaitable[Result]]
SERVER = str(GUILD)


@pytest.fixture
async def sync(tmp_path: Path) -> AsyncIterator[SyncHarness]:
    """A bot that is running, with two members whose accounts were read: what they hold is true at this moment."""
    async with open_sync(tmp_path / "t.db") as harness:
        await harness.gate()
        await harness.member(1, holds=3)
        await harness.member(2, holds=1)
        harness.now = datetime.now(UTC)  # the command has no other clock
        await harness.turn()
        yield harness


@pytest.fixture
def snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `tessera snapshot …`, with what is typed while it runs; in a thread, as it makes a loop of its own."""
    config = tmp_path / "config.toml"
    config.write_text(f'[store]\npath = "{tmp_path / "t.db"}"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    async def run(command: str, *arguments: str, typed: str | Typed = "") -> Result:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed) if isinstance(typed, str) else typed)
        code = await asyncio.to_thread(main, ["snapshot", command, "--config", str(config), *arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Result(code, out, err)

    return run


async def show_addresses(sync: SyncHarness) -> None:
    """The server shows the addresses of all members in exports."""
    await sync.store.guild_settings.save(GUILD, GuildSettings(shows_addresses=True), MOD, sync.now)


async def test_a_snapshot_is_made_listed_and_shown_beside_the_bot(sync: SyncHarness, snapshot: Command) -> None:
    made = await snapshot("make", SERVER, "254")
    assert made.code == 0
    assert "members:        2" in made.lines
    assert "of:             Collection 254" in made.lines
    assert (await snapshot("show", "1")).out == made.out
    [line] = (await snapshot("list")).lines
    assert f"server {GUILD}  2 members  complete  by hand  254" in line
    assert (await snapshot("list", str(OTHER_GUILD))).lines == ["There is no snapshot."]
    stored = await sync.store.snapshots.get(GUILD, 1)
    assert stored
    assert [member.user_id for member in stored.members] == [user(1), user(2)]
    actor = pseudonyms(SECRETS["DISCORD_TOKEN"])(OPERATOR)
    assert await sync.rows("SELECT verb FROM audit WHERE actor = ?", [actor]) == [("snapshot-make",)]


async def test_what_is_not_known_is_loud_and_the_exit_code_says_so(sync: SyncHarness, snapshot: Command) -> None:
    await sync.member(3)  # never read
    made = await snapshot("make", SERVER, "254")
    assert made.code == 1
    assert made.lines[0].startswith("⚠ INCOMPLETE: of one member")
    assert made.lines[1] == "⚠ Of one account: it was never read."
    assert "INCOMPLETE" in (await snapshot("list")).out


async def test_an_export_has_a_seal_is_for_one_user_and_is_recorded_and_told(
    sync: SyncHarness, snapshot: Command, tmp_path: Path
) -> None:
    await show_addresses(sync)
    await snapshot("make", SERVER, "254", "--minimum", "2")
    wrote = await snapshot("export", "1", "--format", "drop", "-o", "list.csv")
    assert wrote.code == 0
    assert (tmp_path / "list.csv").read_text() == f"address,amount\n0x{1:040x},3\n"
    assert stat.S_IMODE((tmp_path / "list.csv").stat().st_mode) == 0o600
    assert json.loads((tmp_path / "list.csv.seal.json").read_text())["sha256"] in wrote.out
    assert ("snapshot-export",) in await sync.rows("SELECT verb FROM audit")
    await sync.post()
    assert "The operator of the bot exported snapshot 1 of `254` as DROP, with one member." in sync.said()
    again = await snapshot("export", "1", "-o", "list.csv")
    assert (again.code, again.complaint) == (
        2,
        "tessera: list.csv exists already: nothing was written. Name another file with --output.",
    )
    assert (tmp_path / "list.csv").read_text().startswith("address,amount")


async def test_addresses_are_hidden_unless_the_server_shows_them(
    sync: SyncHarness, snapshot: Command, tmp_path: Path
) -> None:
    await snapshot("make", SERVER, "254")
    assert (await snapshot("export", "1", "-o", "all.csv")).code == 0
    lines = [line for line in (tmp_path / "all.csv").read_text().splitlines() if not line.startswith("#")]
    assert [(row["discord_id"], row["account"], row["owner"]) for row in csv.DictReader(lines)] == [
        (str(user(1)), "", ""),
        (str(user(2)), "", ""),
    ]
    assert str(account_of(1)) not in (tmp_path / "all.csv").read_text()
    assert sync


@pytest.mark.parametrize(("typed", "code"), [("yes\n", 0), ("no\n", 2), ("", 2)])
async def test_what_is_not_complete_is_written_only_after_a_yes(
    sync: SyncHarness, snapshot: Command, tmp_path: Path, typed: str, code: int
) -> None:
    await sync.member(3)  # never read
    await snapshot("make", SERVER, "254")
    result = await snapshot("export", "1", "-o", "part.csv", typed=typed)
    assert result.code == code
    assert "Type `yes` to write it as it is:" in result.out
    assert (tmp_path / "part.csv").exists() == (code == 0)
    assert (tmp_path / "part.csv.seal.json").exists() == (code == 0)
    assert (("snapshot-export",) in await sync.rows("SELECT verb FROM audit")) == (code == 0)


class Typed:
    """What somebody types after something else has happened."""

    def __init__(self, happens: Callable[[], Awaitable[None]]) -> None:
        self._happens = happens
        self._loop = asyncio.get_running_loop()

    def readline(self) -> str:
        """Wait for it, and confirm; the command is on a thread of its own."""

        async def wait() -> None:
            await self._happens()

        asyncio.run_coroutine_threadsafe(wait(), self._loop).result()
        return "yes\n"


@pytest.mark.parametrize("what", ["deleted", "hidden"])
async def test_what_changed_before_the_yes_is_not_written(
    sync: SyncHarness, snapshot: Command, tmp_path: Path, what: str
) -> None:
    await sync.member(3)  # never read
    await show_addresses(sync)
    await snapshot("make", SERVER, "254")

    async def happens() -> None:
        if what == "hidden":
            await sync.store.guild_settings.save(GUILD, GuildSettings(), MOD, sync.now)
        else:
            its = pseudonyms(SECRETS["DISCORD_TOKEN"])
            await sync.store.members.delete(user(1), sync.now, its, refused_until=sync.now)

    result = await snapshot("export", "1", "-o", "part.csv", typed=Typed(happens))
    assert result.code == 2
    assert "has changed since this was asked: nothing was written. Run the command again." in result.err
    assert not (tmp_path / "part.csv").exists()
    assert not (tmp_path / "part.csv.seal.json").exists()
    assert ("snapshot-export",) not in await sync.rows("SELECT verb FROM audit")


async def test_a_signed_export_is_verified_and_what_was_changed_is_not(
    sync: SyncHarness, snapshot: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await snapshot("keygen", "snapshots.key")
    assert made.code == 0
    key_file = tmp_path / "snapshots.key"
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert key_file.read_text().strip() not in made.out
    public_key = made.lines[0].rpartition(" ")[2]
    monkeypatch.setenv("SNAPSHOT_SIGNING_KEY_FILE", str(key_file))
    await snapshot("make", SERVER, "254")
    wrote = await snapshot("export", "1", "-o", "all.json", "--format", "json")
    assert f"Signed with the key {public_key}" in wrote.lines
    assert (await snapshot("verify", "all.json")).code == 0
    monkeypatch.delenv("SNAPSHOT_SIGNING_KEY_FILE")
    other = (await snapshot("keygen", "other.key")).lines[0].rpartition(" ")[2]
    for arguments, code, words in (
        ([], 0, "· Whose key that is, it does not say"),
        (["--key", public_key], 0, f"✓ Signed with the key {public_key}"),
        (["--key", other], 1, f"✗ Signed with another key: {public_key}"),
    ):
        result = await snapshot("verify", "all.json", *arguments)
        assert (result.code, words in result.out) == (code, True), result
    (tmp_path / "all.json").write_text((tmp_path / "all.json").read_text().replace(": 2", ": 3", 1))
    changed = await snapshot("verify", "all.json", "--key", public_key)
    assert (changed.code, changed.lines) == (1, ["✗ all.json is not as it was exported: its SHA-256 is another one."])
    assert sync


async def test_a_forged_signature_is_none(sync: SyncHarness, snapshot: Command, tmp_path: Path) -> None:
    await snapshot("make", SERVER, "254")
    await snapshot("export", "1", "-o", "all.csv")
    unsigned = await snapshot("verify", "all.csv")
    assert (unsigned.code, unsigned.lines[1]) == (0, "· It is not signed: anyone can have made it and its seal.")
    public_key = (await snapshot("keygen", "a.key")).lines[0].rpartition(" ")[2]
    assert (await snapshot("verify", "all.csv", "--key", public_key)).code == 1
    seal = tmp_path / "all.csv.seal.json"
    its = json.loads(seal.read_text()) | {"public_key": public_key, "signature": "A" * 86 + "=="}
    seal.write_text(json.dumps(its))
    forged = await snapshot("verify", "all.csv", "--key", public_key)
    assert (forged.code, forged.lines[-1][:1]) == (1, "✗")
    assert sync


async def test_a_diff_says_what_changed_and_compares_no_two_servers(sync: SyncHarness, snapshot: Command) -> None:
    await snapshot("make", SERVER, "254")
    sync.buy(1, holds=5)
    sync.sell(2)
    await sync.look_at(1)
    await sync.look_at(2)
    await snapshot("make", SERVER, "254")
    diff = await snapshot("diff", "1", "2")
    assert diff.lines[1] == "0 joined, 1 left, 1 up, 0 down, 0 same, 0 unknown"
    assert diff.lines[2:] == [f"left     {user(2)}  1 → -", f"up       {user(1)}  3 → 5"]
    await sync.store.sync.servers.entered(OTHER_GUILD)
    await snapshot("make", str(OTHER_GUILD), "254")
    other = await snapshot("diff", "1", "3")
    assert (other.code, "different servers" in other.complaint) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "9"), "There is no snapshot 9."),
        (("export", "9"), "There is no snapshot 9."),
        (("diff", "8", "9"), "There is no snapshot 8."),
        (("make", SERVER, "254 >="), "a whole number is accepted"),
        (("make", "12345", "254"), "No server 12345 is known: the bot has seen nobody in it."),
        (("verify", "nothing.csv"), "nothing.csv cannot be read: there is no such file."),
        (("verify", "config.toml"), "there is no seal"),
        (("verify", "config.toml", "--seal", "config.toml"), "config.toml is no seal of Tessera's"),
        (("verify", "config.toml", "--key", "nonsense"), "That is no public key of snapshots"),
        (("verify", "config.toml", "--key", "ab" * 32), "That looks like a private key"),
        (("keygen", "config.toml"), "config.toml exists already"),
        (("keygen", "no/such/folder/key"), "cannot be written"),
    ],
)
async def test_bad_input_gets_a_sentence_and_exit_code_two(
    sync: SyncHarness, snapshot: Command, arguments: tuple[str, ...], words: str
) -> None:
    result = await snapshot(*arguments)
    assert result.code == 2
    assert words in result.complaint
    assert sync


async def test_what_could_not_be_recorded_is_not_written(
    sync: SyncHarness, snapshot: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await snapshot("make", SERVER, "254")
    monkeypatch.delenv("DISCORD_TOKEN")
    refused = await snapshot("export", "1", "-o", "all.csv")
    assert (refused.code, "No Discord token" in refused.complaint) == (2, True)
    assert not (tmp_path / "all.csv").exists()
    assert not (tmp_path / "all.csv.seal.json").exists()
    assert sync


async def test_a_signing_key_that_is_none_is_refused_and_not_repeated(
    snapshot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNAPSHOT_SIGNING_KEY", "not-a-key-at-all")
    refused = await snapshot("list")
    assert refused.code == 2
    assert "SNAPSHOT_SIGNING_KEY must be 64 hex digits" in refused.complaint
    assert "not-a-key" not in refused.complaint
