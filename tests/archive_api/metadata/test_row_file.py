"""The file of what was found: one process at a time, what is damaged is passed over, and nothing endless is read."""

from __future__ import annotations

import resource
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from bot.archive_api.metadata.row_file import LONGEST_LINE, RowFile
from bot.errors import ConfigError

ROWS: list[dict[str, object]] = [{"name": "Fox"}, {"name": "\u202eOwl **x**", "n": [1, 2]}, {"name": ""}]


def rows_of(path: Path) -> list[dict[str, object]]:
    with RowFile(path) as file:
        return list(file.read())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with RowFile(tmp_path / "rows.jsonl") as file:
        for row in ROWS:
            file.append(row)
    return tmp_path / "rows.jsonl"


def test_rows_come_back_in_their_order(path: Path) -> None:
    assert rows_of(path) == ROWS


def test_any_byte_that_changed_loses_its_row_alone(path: Path) -> None:
    content = path.read_bytes()
    for at, byte in enumerate(content):
        if byte == ord("\n"):
            continue
        path.write_bytes(content[:at] + bytes([byte ^ 1]) + content[at + 1 :])
        left = rows_of(path)
        damaged = content[:at].count(b"\n")
        assert left == [row for number, row in enumerate(ROWS) if number != damaged]


def test_a_line_without_an_end_and_one_that_is_too_long_are_not_taken_into_memory(path: Path) -> None:
    content = path.read_bytes()
    first, rest = content.split(b"\n", 1)
    with path.open("wb") as file:
        file.write(first + b"\n" + b"y" * 30_000_000 + b"\n" + rest)
        file.truncate(file.tell() + 200_000_000)  # zeros without an end
    tracemalloc.start()
    try:
        assert rows_of(path) == ROWS
        assert tracemalloc.get_traced_memory()[1] < 20 * LONGEST_LINE
    finally:
        tracemalloc.stop()
    assert path.stat().st_size == len(content) + 30_000_001
    assert rows_of(path) == ROWS


def test_another_process_is_refused_and_the_file_stays(path: Path) -> None:
    content = path.read_bytes()
    program = (
        "import sys; from pathlib import Path; from bot.archive_api.metadata.row_file import RowFile\n"
        "with RowFile(Path(sys.argv[1])) as file: print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(ConfigError, match="another process is fetching names and pictures into it"):
            RowFile(path)
        other.kill()  # a lock of a process that was killed is nobody's
    assert path.read_bytes() == content
    assert rows_of(path) == ROWS


def test_a_full_disk_is_named_and_with_room_again_it_goes_on(path: Path) -> None:
    room, limit = path.stat().st_size + 5, resource.getrlimit(resource.RLIMIT_FSIZE)
    with RowFile(path) as file:
        assert list(file.read()) == ROWS
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, limit[1]))
            for row in ({"name": "one that does not fit"}, {"name": "what another task found meanwhile"}):
                with pytest.raises(ConfigError, match=r"rows\.jsonl: the file .* cannot be used: File too large"):
                    file.append(row)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert path.stat().st_size == room
    with RowFile(path) as file:
        assert list(file.read()) == ROWS
        file.append({"name": "Hen"})
    assert rows_of(path) == [*ROWS, {"name": "Hen"}]


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.lock"])
def test_a_link_is_refused(tmp_path: Path, name: str) -> None:
    other = tmp_path / "other"
    other.write_text("mine")
    (tmp_path / name).symlink_to(other)
    with pytest.raises(ConfigError, match="it is a link"):
        RowFile(tmp_path / "rows.jsonl")
    assert other.read_text() == "mine"
