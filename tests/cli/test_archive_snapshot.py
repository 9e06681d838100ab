"""`tessera archive import-snapshot` and `compare`, as an operator runs them."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.archive.fixtures import ADA, write_small
from tests.cli.result import Result

BEN = "0x" + "b" * 40
FOX = "0x" + "f" * 40
LIST = f"""holder,nft_address,nft_id,nft_type,nft_amount
{ADA},{FOX},1,1,4
{ADA},{FOX},2,1,0
{BEN},{FOX},0x1,1,1
"""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A list as somebody published it."""
    path = tmp_path / "list.csv"
    path.write_text(LIST)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Result:
    """Run one of the commands of `tessera archive`."""
    code = main(["archive", *map(str, arguments)])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return Result(code, out, err)


def test_a_published_list_becomes_an_archive_that_shows_who_held_what(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers, made = tmp_path / "numbers", tmp_path / "made"
    write_small(numbers)

    result = run(capsys, "import-snapshot", published, "-o", made, "--as-of", "2026-06-28", "--numbers", numbers)

    assert (result.code, result.err) == (0, "")
    assert result.lines == [
        f"{made}: 2 accounts, 1 contract, 2 holdings",
        "Left out, as they say that nothing was held: 1 row.",
        "Named by the address of their owner, as no number is known: 1.",
        f"SHA-256 of the list {hashlib.sha256(LIST.encode()).hexdigest()}",
    ]
    assert run(capsys, "verify", made).code == 0
    for whose in ("10001", ADA):
        shown = run(capsys, "show", made, whose)
        assert shown.code == 0
        assert f"Account loopring:10001, owner {ADA}" in shown.out
        assert "according to Snapshot, recorded 2026-06-28" in shown.out
    assert f"owner {BEN}" in run(capsys, "show", made, BEN).out


def test_compare_prints_counts_and_writes_every_row(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, rows = tmp_path / "first", tmp_path / "second", tmp_path / "rows.csv"
    other = tmp_path / "other.csv"
    other.write_text(LIST.replace(f"{ADA},{FOX},1,1,4", f"{ADA},{FOX},1,1,5"))
    for source, made in ((published, first), (other, second)):
        assert run(capsys, "import-snapshot", source, "-o", made, "--as-of", "2026-06-28").code == 0

    same = run(capsys, "compare", first, first)
    differs = run(capsys, "compare", first, second, "--csv", rows)

    assert (same.code, same.lines) == (0, ["In both: 2 accounts; the same: 2 holdings", "Nothing differs."])
    assert differs.code == 1
    assert differs.lines[-2:] == ["In both: 2 accounts; the same: 1 holding", "Copies differ: 1"]
    assert differs.lines[0].endswith("copies: 4 / 5")
    assert list(csv.reader(rows.read_text().splitlines())) == [
        ["kind", "account", "owner", "contract", "nft_id", "first", "second"],
        ["copies", ADA, ADA, FOX, f"0x{1:064x}", "4", "5"],
    ]


def test_what_is_not_printed_is_counted(published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    run(capsys, "import-snapshot", published, "-o", first, "--as-of", "2026-06-28")
    write_small(second)

    result = run(capsys, "compare", first, second, "--rows", "1")

    assert result.lines[1] == "… and 43 more; --csv FILE writes them all"
    assert "Accounts only in the first: 1" in result.lines
    assert "Accounts only in the second: 39" in result.lines


def test_wrong_input_gets_one_sentence_and_leaves_no_file(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made"
    (tmp_path / "bad.csv").write_text(LIST.replace("0x1,1,1", "0x1,5,1"))
    (tmp_path / "latin.csv").write_bytes(LIST.encode() + b"\xff\xff\n")
    write_small(tmp_path / "archive")

    def refused(source: Path, *more: object) -> str:
        return run(capsys, "import-snapshot", source, "-o", made, *more).complaint

    assert "bad.csv: Line 4: nft_type is “5”" in refused(tmp_path / "bad.csv", "--as-of", "2026-06-28")
    assert "not a text in UTF-8" in refused(tmp_path / "latin.csv", "--as-of", "2026-06-28")
    assert "--as-of is “June”, and must be a day or a time" in refused(published, "--as-of", "June")
    assert "none.csv: cannot be read: No such file" in refused(tmp_path / "none.csv", "--as-of", "2026-06-28")
    assert not made.exists()
    assert "cannot be read" in run(capsys, "compare", tmp_path / "archive", tmp_path / "none").complaint
    assert (
        "exists already"
        in run(capsys, "compare", tmp_path / "archive", tmp_path / "archive", "--csv", published).complaint
    )
    assert published.read_text() == LIST
