"""A recording that was killed at any point continues where it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.archive.lines import AccountRecord, HeldRecord
from bot.archive.partial import Partial
from bot.archive.reader import Archive
from bot.errors import ConfigError
from bot.holdings import LOOPRING, Collection, NftList
from bot.reasons import as_recorded
from tests.archive.fixtures import RECORDED_AT, header

COLLECTIONS = [Collection(LOOPRING, str(number), name=f"Number {number}\n") for number in range(1, 9)]
RECORDS = [
    AccountRecord(str(20 - number), RECORDED_AT, "0xa", 1, "" if number % 3 else "torn", (HeldRecord(str(number), 2),))
    for number in range(1, 9)
]


def add_all(partial: Partial) -> None:
    for collection, record in zip(COLLECTIONS, RECORDS, strict=True):
        if record.account_id not in partial.done:
            partial.add([collection], [record])


def finished(partial: Partial, path: Path) -> bytes:
    partial.finish(path)
    partial.remove()
    return path.read_bytes()


def test_killed_after_any_byte_it_ends_in_the_same_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.partial"
    partial = Partial.create(path, header())
    add_all(partial)
    wanted = finished(partial, tmp_path / "a")
    partial = Partial.create(path, header())
    add_all(partial)
    partial.close()
    whole = path.read_bytes()
    for end in range(whole.index(b"\n") + 1, len(whole) + 1):
        path.write_bytes(whole[:end])
        partial = Partial.resume(path)
        add_all(partial)
        assert path.read_bytes().count(b"\n") == 17
        assert finished(partial, tmp_path / "b") == wanted


def test_the_last_line_of_an_account_counts(tmp_path: Path) -> None:
    partial = Partial.create(tmp_path / "p", header())
    add_all(partial)
    assert [account for account, whole in partial.done.items() if not whole] == ["17", "14"]
    better = AccountRecord("17", RECORDED_AT, total=0)
    partial.add([], [better])
    partial.close()
    partial = Partial.resume(tmp_path / "p")
    assert partial.done["17"] is True
    partial.finish(tmp_path / "a")
    partial.close()
    archive = Archive.open(tmp_path / "a")
    assert archive.find_account("17") == better
    archive.close()


def test_an_account_whose_nfts_are_incomplete_is_asked_about_again(tmp_path: Path) -> None:
    partial = Partial.create(tmp_path / "p", header(has_nfts=True))
    partial.add(
        COLLECTIONS,
        [
            AccountRecord(
                "1", RECORDED_AT, holdings=(HeldRecord("1", 1, NftList(incomplete_reason=as_recorded("torn"))),)
            )
        ],
    )
    assert partial.done == {"1": False}
    partial.close()


def test_an_existing_one_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "p").write_bytes(b"precious")
    with pytest.raises(ConfigError, match="Continue with --resume, or remove it"):
        Partial.create(tmp_path / "p", header())
    assert (tmp_path / "p").read_bytes() == b"precious"


@pytest.mark.parametrize("content", [b"", b"precious\n", b'{"kind":"account"}\n'])
def test_what_is_no_recording_is_refused_and_not_changed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p").write_bytes(content)
    with pytest.raises(ConfigError, match="not a recording that can be continued"):
        Partial.resume(tmp_path / "p")
    assert (tmp_path / "p").read_bytes() == content


def test_damage_in_the_middle_is_refused(tmp_path: Path) -> None:
    partial = Partial.create(tmp_path / "p", header())
    add_all(partial)
    partial.close()
    whole = (tmp_path / "p").read_bytes()
    lines = whole.splitlines(keepends=True)
    for damaged in (whole.replace(b'"id":"16"', b'"id":"16'), b"".join(lines[:3] + lines[4:])):
        (tmp_path / "p").write_bytes(damaged)
        with pytest.raises(ConfigError, match="not a recording"):
            Partial.resume(tmp_path / "p")


def test_a_missing_one_cannot_be_continued(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        Partial.resume(tmp_path / "p")
    with pytest.raises(ConfigError, match="cannot be written"):
        Partial.create(tmp_path / "nowhere" / "p", header())
