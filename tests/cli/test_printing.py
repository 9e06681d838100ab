"""What a command prints does nothing in the operator's terminal, whoever wrote the file that it quotes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import bot.cli
from bot.archive.lines import AccountRecord, Header, HeldRecord
from bot.archive.writer import write_archive
from bot.cli.main import main
from bot.holdings import LOOPRING, Collection
from bot.text.terminal_text import terminal_sentence, terminal_text
from tests.archive.fixtures import write_small

# Clears the screen, sets the window's title, turns the rest of the line round, and forges a line.
HOSTILE = "\x1b[2J\x1b]0;pwned\x07\u202e\x9b1m\nall is well"
CSV_COLUMNS = "holder,nft_address,nft_id,nft_type,nft_amount"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]|^all is well", re.MULTILINE)


def archive(path: Path, *accounts: AccountRecord) -> Path:
    """An archive as somebody else may have made it."""
    write_archive(path, Header(LOOPRING, HOSTILE, MOMENT, HOSTILE), [Collection(LOOPRING, "5")], accounts)
    return path


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What a command of `tessera archive` printed, quoting something hostile."""
    assert main(["archive", *map(str, arguments)]) > 0
    out, err = capsys.readouterr()
    assert "pwned" in out + err
    return out + err


def test_nothing_in_the_archive_of_somebody_else_acts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twice = (HeldRecord("5", 1), HeldRecord("5", 1))
    wrong = archive(tmp_path / "wrong", AccountRecord(f"a{HOSTILE}", MOMENT, "", 2, "", twice))
    short = archive(tmp_path / "short", AccountRecord("10001", MOMENT, HOSTILE, None, HOSTILE))
    other = archive(tmp_path / "other", AccountRecord("10001", MOMENT, "0xother"))
    for arguments in (
        ("verify", wrong),
        ("show", short, "10001"),
        ("compare", wrong, other),
        ("compare", short, other),
    ):
        assert not ACTS.search(printed(capsys, *arguments)), arguments


@pytest.mark.parametrize("row", [f'"0x{HOSTILE}",1,1,0,1', f'{"0x" + "a" * 40},"{HOSTILE}",1,0,1'])
def test_nothing_in_a_csv_file_acts(tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{CSV_COLUMNS}\n{row}\n")
    said = printed(capsys, "import-snapshot", path, "-o", tmp_path / "made", "--as-of", "2026-01-01")
    assert not ACTS.search(said)


@pytest.mark.parametrize("cell", [HOSTILE, "pwned" * 20_000], ids=["acts", "is long"])
@pytest.mark.parametrize("row", ['"{cell}",1', f'{"0x" + "a" * 40},"{{cell}}"'], ids=["contract", "number"])
def test_nothing_in_a_list_of_collections_acts_or_fills_the_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, cell: str
) -> None:
    known = tmp_path / "known.csv"
    known.write_text("contract,number\n" + row.format(cell=cell) + "\n")
    said = printed(capsys, "rebuild", "--from-dir", tmp_path, "--collections", known, "-o", tmp_path / "made")
    assert not ACTS.search(said)
    assert len(said) < len(str(known)) + 300


def test_nothing_in_the_name_of_a_file_acts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / HOSTILE
    write_small(path)
    for arguments in (("verify", path), ("show", f"{path}.gone"), ("serve", f"{path}.gone", "--no-key")):
        main(["archive", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "pwned" in out + err
        assert not ACTS.search(out + err)


def test_what_would_act_is_seen_and_the_rest_stays() -> None:
    assert terminal_text("Zoë 日本 👩‍👧 a\tb\nc") == "Zoë 日本 👩‍👧 a\tb\nc"
    assert terminal_text("\x1b[2J \x9b \u202e \udcff \u2028") == r"\x1b[2J \x9b \u202e \udcff \u2028"
    assert terminal_sentence("wrong:\n  one\ntwo") == "wrong:\n  one\n  two"
    assert terminal_sentence("x" * 10_000) == "x" * 4_000 + "…"


def test_every_command_prints_through_one_place() -> None:
    """But for the line that overwrites itself, and the check of a container, which has a few words of its own."""
    own = re.compile(r"\bprint\(|\bstd(?:out|err)\.write\(")
    for path in sorted(Path(bot.cli.__path__[0]).glob("*.py")):
        lines = [line for line in path.read_text("utf-8").splitlines() if own.search(line)]
        if path.name not in ("print_line.py", "health_check.py"):
            assert all('end=""' in line for line in lines), (path.name, lines)


def test_no_name_of_a_snapshots_file_forges_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "key\nall is well"
    assert main(["snapshot", "keygen", str(path)]) == 0
    assert main(["snapshot", "verify", str(path)]) > 0
    out, err = capsys.readouterr()
    assert not ACTS.search(out + err)
