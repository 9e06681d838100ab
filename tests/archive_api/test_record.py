"""Recording from a source: failures and incomplete lists are reported, and nothing that was read is lost."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import io
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.archive.partial import Partial
from bot.archive.reader import Archive
from bot.archive_api.progress import Progress
from bot.archive_api.record import parse_refs, record
from bot.cli import archive_commands
from bot.config.settings import Settings
from bot.errors import ConfigError, InputError, RefusedError, TesseraError
from bot.names import Names
from bot.sources.source import Source
from tests.archive.fixtures import ADA, header, write_small
from tests.loopring_source import module_sandbox, open_source, sandbox
from tests.sandbox_client import SandboxClient
from tests.sources.virtual_time import JumpingClock

__all__ = ["module_sandbox", "sandbox"]

Run = Callable[..., Awaitable[int]]

DETAILS = "user/collection/details"


@pytest.fixture
def run(sandbox: SandboxClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`tessera archive …` in this process, with the sandbox's Loopring."""
    monkeypatch.chdir(tmp_path)

    @asynccontextmanager
    async def sources(_settings: Settings, _name: str) -> AsyncIterator[Source]:
        async with open_source(sandbox) as source:
            yield source

    async def run(*argv: str) -> int:
        parser = argparse.ArgumentParser()
        archive_commands.add_arguments(parser.add_subparsers(dest="command"), argparse.ArgumentParser(add_help=False))
        return await archive_commands.run(Settings(), parser.parse_args(["archive", *argv]), sources)

    return run


def accounts(tmp_path: Path, *lines: str) -> str:
    path = tmp_path / "accounts.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


async def test_a_list_of_ids_addresses_and_names_becomes_an_archive(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = accounts(tmp_path, "# members", "", "10001", ADA, "ada.loopring.eth", "loopring:10005", "10003")
    assert await run("record", "-o", "a", "--accounts", listed) == 0
    output = capsys.readouterr()
    assert output.out.startswith("a: 3 accounts, ")
    assert names_in(tmp_path) == ["a", "accounts.txt"]
    archive = Archive.open(tmp_path / "a")
    found = [archive.find_account(each) for each in ("10001", "10003", "10005")]
    assert [(each.owner[:4], len(each.holdings), each.total, each.complete) for each in found if each] == [
        ("0x90", 30, 30, True),
        (found[1].owner[:4] if found[1] else "", 0, 0, True),
        (found[2].owner[:4] if found[2] else "", 132, 132, True),
    ]
    assert archive.header.tool.startswith("tessera ")
    archive.close()
    assert await run("verify", "a") == 0
    assert "all is well: 3 accounts" in capsys.readouterr().out


async def test_the_list_may_come_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("10001\n"))
    assert await run("record", "-o", "a", "--accounts", "-") == 0


async def test_an_account_that_fails_is_reported_and_is_not_in_the_archive(
    run: Run, sandbox: SandboxClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = accounts(tmp_path, "10001", "99999", "10003")
    assert await run("record", "-o", "a", "--accounts", listed) == 1
    errors = capsys.readouterr().err
    assert "99999: Loopring has no such account" in errors
    assert "1 of 3 accounts failed, and are not in the archive." in errors
    assert "a.partial was not deleted: --resume asks again" in errors
    await sandbox.post("/_sandbox/accounts", {"account": 99999, "collections": 2})
    before = len(await sandbox.requests(DETAILS))
    assert await run("record", "-o", "a", "--accounts", listed, "--resume") == 0
    assert len(await sandbox.requests(DETAILS)) == before + 1  # only the one that was missing
    assert not (tmp_path / "a.partial").exists()
    assert await run("show", "a", "99999") == 0


async def test_gaps_may_be_allowed(run: Run, tmp_path: Path) -> None:
    listed = accounts(tmp_path, "10001", "99999")
    assert await run("record", "-o", "a", "--accounts", listed, "--allow-gaps") == 0


async def test_an_interrupted_list_is_incomplete_and_asked_for_again(
    run: Run, sandbox: SandboxClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await sandbox.fault("short", path=DETAILS)
    listed = accounts(tmp_path, "10001")
    assert await run("record", "-o", "a", "--accounts", listed) == 1
    assert "Read incompletely: 1 account;" in capsys.readouterr().err
    assert await run("show", "a", "10001") == 1
    assert "INCOMPLETE" in capsys.readouterr().out
    await sandbox.reset()
    assert await run("record", "-o", "a", "--accounts", listed, "--resume") == 0
    assert await run("show", "a", "10001") == 0


async def test_nfts_are_recorded_on_demand(run: Run, tmp_path: Path) -> None:
    assert await run("record", "-o", "a", "--accounts", accounts(tmp_path, "10008"), "--nfts") == 0
    archive = Archive.open(tmp_path / "a")
    found = archive.find_account("10008")
    assert found
    lists = {held.collection_id: held for held in found.holdings}
    assert all(held.nfts and held.nfts.complete and len(held.nfts.nfts) == held.kinds for held in lists.values())
    nfts = lists["350"].nfts
    assert nfts
    assert [nft.copies for nft in nfts.nfts] == [78_000]
    archive.close()


async def test_a_source_that_does_not_answer_gets_a_pause_and_is_then_given_up(
    sandbox: SandboxClient, tmp_path: Path
) -> None:
    await sandbox.fault("status", path=DETAILS, status=500)
    partial = Partial.create(tmp_path / "p", header())
    refs = parse_refs([str(number) for number in range(10001, 10101)], Names())
    done: list[int] = []
    clock = JumpingClock().clock
    async with open_source(sandbox, clock=clock) as source:
        report = await record(source, refs, partial, progress=done.append, clock=clock)
    assert (report.asked, len(report.failed), partial.done) == (100, 100, {})
    assert report.failed["10100"] == "Not asked about: the source did not answer."
    assert done[-1] < 100
    partial.close()


async def test_accounts_that_failed_are_tried_again(sandbox: SandboxClient, tmp_path: Path) -> None:
    await sandbox.fault("status", path=DETAILS, status=500, times=3)
    partial = Partial.create(tmp_path / "p", header())
    clock = JumpingClock().clock
    async with open_source(sandbox, clock=clock) as source:
        report = await record(source, parse_refs(["10001", "10002"], Names()), partial, clock=clock)
    assert report.failed == {}
    assert partial.done == {"10001": True, "10002": True}
    partial.close()


async def test_a_refused_key_ends_it_and_what_was_read_is_saved(
    run: Run, sandbox: SandboxClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await sandbox.fault("error", path=DETAILS, code=104002, message="Invalid ApiKey", after=8)
    listed = accounts(tmp_path, *map(str, (10001, 10002, 10003, 10004, 10007, 10008, 10009, 10010, 10011, 10012)))
    with pytest.raises(RefusedError):
        await run("record", "-o", "a", "--accounts", listed)
    assert "8 accounts are saved in a.partial: continue with --resume." in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


async def test_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    listed = accounts(tmp_path, "10001")
    (tmp_path / "a").write_bytes(b"precious")
    with pytest.raises(ConfigError, match="exists already"):
        await run("record", "-o", "a", "--accounts", listed)
    assert (tmp_path / "a").read_bytes() == b"precious"
    Partial.create(tmp_path / "b.partial", header()).close()
    with pytest.raises(ConfigError, match="Continue with --resume"):
        await run("record", "-o", "b", "--accounts", listed)
    with pytest.raises(ConfigError, match="continue with the same"):
        await run("record", "-o", "b", "--accounts", listed, "--resume", "--nfts")


async def test_a_wrong_list_is_refused_before_anybody_is_asked(
    run: Run, sandbox: SandboxClient, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="Line 2 of the list of accounts: “hello” is not an account"):
        await run("record", "-o", "a", "--accounts", accounts(tmp_path, "10001", "hello"))
    with pytest.raises(InputError, match="is empty"):
        await run("record", "-o", "a", "--accounts", accounts(tmp_path, "# nobody"))
    with pytest.raises(ConfigError, match="cannot be read"):
        await run("record", "-o", "a", "--accounts", "none.txt")
    with pytest.raises(TesseraError, match="cannot list the holders"):
        await run("record", "-o", "a", "--holders", "254")
    assert names_in(tmp_path) == ["accounts.txt"]
    assert await sandbox.requests(DETAILS) == []


async def test_after_ctrl_c_what_was_read_is_saved_and_how_to_continue_is_printed(
    run: Run, sandbox: SandboxClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await sandbox.fault("slow", path=DETAILS, seconds=30, after=8)
    listed = accounts(tmp_path, *map(str, (10001, 10002, 10003, 10004, 10007, 10008, 10009, 10010, 10011, 10012)))
    task = asyncio.create_task(_run(run, "record", "-o", "a", "--accounts", listed))
    async with asyncio.timeout(60):
        while saved_accounts(tmp_path / "a.partial") < 8:  # noqa: ASYNC110 - the file is all that a killed recording leaves
            await asyncio.sleep(0.02)
    task.cancel()  # what asyncio.run() does at the first Ctrl-C
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "8 accounts are saved in a.partial: continue with --resume." in capsys.readouterr().err
    await sandbox.reset()
    assert await run("record", "-o", "a", "--accounts", listed, "--resume") == 0
    assert await run("verify", "a") == 0


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def saved_accounts(partial: Path) -> int:
    return partial.read_bytes().count(b'"kind":"account"') if partial.exists() else 0


async def _run(run: Run, *argv: str) -> int:
    return await run(*argv)


async def test_show_in_words_and_as_json(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await run("record", "-o", "a", "--accounts", accounts(tmp_path, "10001"))
    capsys.readouterr()
    assert await run("show", "a") == 0
    assert capsys.readouterr().out.startswith("An archive of loopring, as reported by Loopring to tessera ")
    assert await run("show", "a", "--json") == 0
    assert json.loads(capsys.readouterr().out)["accounts"] == 1
    assert await run("show", "a", ADA) == 0
    assert "30 collections, 94 different NFTs, according to Loopring, recorded" in capsys.readouterr().out
    assert await run("show", "a", "10001", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["collections"]) == 30
    with pytest.raises(TesseraError, match="does not contain account 10002"):
        await run("show", "a", "10002")
    with pytest.raises(InputError, match="knows no names"):
        await run("show", "a", "ada.loopring.eth")


async def test_verify_and_show_print_the_hash_of_the_file(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It pins the archive in the settings: what `sha256sum` prints."""
    path = tmp_path / "small.gz"
    write_small(path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    for command in ("verify", "show"):
        assert await run(command, str(path)) == 0
        assert capsys.readouterr().out.splitlines()[-1] == f"SHA-256 {sha256}"


async def test_verify_reports_a_damaged_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"no")
    with pytest.raises(ConfigError, match="not an archive"):
        await run("verify", "a")


async def test_serve_until_stopped(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await run("record", "-o", "a", "--accounts", accounts(tmp_path, "10001"))
    capsys.readouterr()
    monkeypatch.delenv("ARCHIVE_API_KEY", raising=False)
    with pytest.raises(ConfigError, match="answer everyone with --no-key"):
        await run("serve", "a")
    task = asyncio.create_task(_run(run, "serve", "a", "--port", "0", "--no-key"))
    try:
        async with asyncio.timeout(60):
            while not (out := capsys.readouterr().out):  # noqa: ASYNC110 - it is printed once it listens
                await asyncio.sleep(0.01)
        url = out.split()[4]
        async with aiohttp.ClientSession() as session, session.get(f"{url}/api/v3/account?accountId=10001") as response:
            assert (await response.json())["owner"] == ADA
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(60):
            assert await task == 0
    finally:
        task.cancel()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(number)


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


def test_progress_shows_rate_and_time_left() -> None:
    now = iter((0.0, 10.0))
    stream = Terminal()
    progress = Progress(stream, 1000, lambda: next(now))
    progress.show(0)
    progress.show(100)
    progress.clear()
    assert stream.getvalue() == (
        "\r\033[K0 of 1,000 accounts, 0.0 a second, …\r\033[K100 of 1,000 accounts, 10.0 a second, 0:01:30 left\r\033[K"
    )


def test_progress_is_silent_without_a_terminal() -> None:
    stream = io.StringIO()
    progress = Progress(stream, 10)
    progress.show(5)
    progress.clear()
    assert stream.getvalue() == ""
