"""What is written is read again; a file that was changed in any way is refused and never misread."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings

from bot.archive.gzip_members import MAX_UNPACKED, TAIL_SIZE, MemberError, pack, pack_tail, unpack, unpack_tail
from bot.archive.index import KINDS
from bot.archive.integrity import verify
from bot.archive.lines import AccountRecord, HeldRecord, LineError, decode_collection, encode_collection, encode_header
from bot.archive.reader import Archive
from bot.archive.writer import ACCOUNTS_PER_BLOCK, write_archive
from bot.errors import ConfigError, UnavailableError
from bot.holdings import LOOPRING, Collection
from tests.archive.fixtures import RECORDED_AT, header, holdings_of, write_small

NO_ARCHIVE = "not an archive of holdings, or its beginning is damaged."

Held = tuple[list[Collection], list[AccountRecord]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "holdings.tessera"


def refusal(path: Path, network: str = "") -> str:
    with pytest.raises(ConfigError) as caught:
        Archive.open(path, network=network)
    sentence = caught.value.sentence
    assert sentence.startswith(f"{path}: ")
    assert sentence.endswith(".")
    return sentence.removeprefix(f"{path}: ")


# ---------------------------------------------------------------- round trips


@given(holdings_of())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_read_again(held: Held) -> None:
    collections, accounts = held
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        write_archive(path, header(has_nfts=True), collections, accounts)
        archive = Archive.open(path)
        try:
            assert archive.header == header(has_nfts=True)
            found = [archive.find_collection(each.collection_id) for each in collections]
            assert found == collections
            assert [each.wide_uris for each in found if each] == [each.wide_uris for each in collections]
            assert [archive.find_account(each.account_id) for each in accounts] == accounts
            owners = {each.owner: each.account_id for each in reversed(accounts) if each.owner}
            assert {owner: archive.find_account_of(owner) for owner in owners} == owners
            counts = [archive.index.count(kind) for kind in KINDS]
            assert counts == [len(collections), len(accounts), len(owners)]
            assert archive.index.incomplete == sum(not each.complete for each in accounts)
        finally:
            archive.close()
        assert verify(path).faults == ()


def test_which_banners_were_made_as_such_is_optional_so_that_other_versions_read_each_other() -> None:
    of_before = b'{"kind":"collection","id":"254","banner_uris":["b"]}'
    assert decode_collection(of_before, LOOPRING) == Collection(LOOPRING, "254", banner_uris=("b",))
    now = orjson.loads(encode_collection(Collection(LOOPRING, "254", banner_uris=("b",), wide_uris=("b",))))
    assert now == orjson.loads(of_before) | {"wide_uris": ["b"]}  # readers ignore a key that they do not know


def test_accounts_are_found_in_every_block(path: Path) -> None:
    _, records = write_small(path, accounts=3 * ACCOUNTS_PER_BLOCK + 7)
    archive = Archive.open(path)
    assert len(archive.index.blocks["accounts"]) == 4
    assert [archive.find_account(each.account_id) for each in records] == records
    assert [archive.find_account(stranger) for stranger in ("1", "10000", "10776", "99999999", "")] == [None] * 5
    archive.close()


def test_it_is_json_lines_to_zcat(path: Path) -> None:
    write_small(path)
    unpacked = subprocess.run(["zcat"], input=path.read_bytes(), capture_output=True, check=True).stdout  # noqa: S607 - any zcat
    assert unpacked == gzip.decompress(path.read_bytes())
    lines = [json.loads(line) for line in unpacked.splitlines()]
    assert lines[0] == {
        "format": "tessera-archive",
        "version": 1,
        "network": "loopring",
        "source": "Loopring",
        "recorded_at": "2026-06-01T12:30:00+00:00",
        "tool": "tessera 0",
        "nfts": False,
    }
    kinds = [line["kind"] for line in lines[1:]]
    assert kinds == ["collection"] * 5 + ["account"] * 40 + ["owner"] * 40 + ["index", "end"]
    assert lines[6]["holdings"] == [["1", 1], ["2", 1], ["3", 1]]
    before = path.read_bytes()[:-TAIL_SIZE]
    assert lines[-1]["sha256"] == hashlib.sha256(before).hexdigest()
    assert gzip.decompress(before[lines[-1]["index_at"] :]).startswith(b'{"kind":"index"')


def test_the_same_holdings_make_the_same_file(path: Path, tmp_path: Path) -> None:
    write_small(path)
    write_small(tmp_path / "again")
    assert path.read_bytes() == (tmp_path / "again").read_bytes()


# ---------------------------------------------------------------- damage


def test_a_file_that_is_cut_off_is_refused_wherever_it_ends(path: Path) -> None:
    write_small(path)
    whole = path.read_bytes()
    ends = {len(whole) * step // 50 for step in range(50)} | set(range(len(whole) - TAIL_SIZE - 3, len(whole)))
    for end in sorted(ends):
        path.write_bytes(whole[:end])
        refusal(path)
    path.write_bytes(whole + b"\n")
    assert refusal(path) == "the archive is cut off or altered. Get a new copy of it."


def test_no_byte_can_change_unnoticed(path: Path) -> None:
    write_small(path, accounts=10)
    whole = path.read_bytes()
    for at in range(len(whole)):
        for flip in (0x01, 0x80):
            path.write_bytes(whole[:at] + bytes((whole[at] ^ flip,)) + whole[at + 1 :])
            refusal(path)


def test_pieces_that_are_taken_out_or_swapped_are_noticed(path: Path) -> None:
    write_small(path, accounts=2 * ACCOUNTS_PER_BLOCK)
    whole = path.read_bytes()
    archive = Archive.open(path)
    one, two = archive.index.blocks["accounts"]
    archive.close()
    ends = whole[: one.offset], whole[two.offset + two.length :]
    first, second = whole[one.offset : two.offset], whole[two.offset : two.offset + two.length]
    for between in (first, second, second + first, first + first, b""):
        path.write_bytes(ends[0] + between + ends[1])
        assert refusal(path) == "the archive is cut off or altered. Get a new copy of it."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", NO_ARCHIVE),
        (b"{}\n", NO_ARCHIVE),
        (b"\x1f\x8b" * 500, NO_ARCHIVE),
        (gzip.compress(b'{"format":"other","version":1}\n'), NO_ARCHIVE),
        (gzip.compress(b'{"format":"tessera-archive","version":true}\n'), NO_ARCHIVE),
        (
            gzip.compress(b'{"format":"tessera-archive","version":2,"network":7}\n'),
            "an archive of version 2, and this Tessera knows 1: use a newer Tessera.",
        ),
        (pack([encode_header(header())]), "the archive is cut off or altered. Get a new copy of it."),
        (gzip.compress(b"\0" * 10**8), NO_ARCHIVE),
        (pack([encode_header(header()).replace(b'"loopring"', b'"[a](https://evil.example)"')]), NO_ARCHIVE),
    ],
    ids=["empty", "text", "noise", "other format", "odd version", "newer", "only a header", "bomb", "hostile network"],
)  # fmt: skip
def test_what_is_no_archive_is_refused_with_a_reason(path: Path, content: bytes, words: str) -> None:
    path.write_bytes(content)
    assert refusal(path) == words


def test_files_that_cannot_be_read_are_refused(path: Path, tmp_path: Path) -> None:
    assert refusal(path) == "the archive cannot be read: No such file or directory."
    assert refusal(tmp_path) == "the archive cannot be read: Is a directory."


@pytest.mark.parametrize(
    "fields",
    [{"network": ""}, {"network": "[a](b)"}, {"network": "x" * 65}, {"source": "x" * 70_000}, {"tool": "x" * 5_000}],
    ids=lambda fields: next(iter(fields)),
)
def test_no_header_is_written_that_could_not_be_read(path: Path, fields: dict[str, Any]) -> None:
    with pytest.raises(LineError):
        write_archive(path, replace(header(), **fields), [], [])
    assert not path.exists()


def test_an_archive_of_another_network_is_refused(path: Path) -> None:
    write_small(path)
    assert refusal(path, "eip155:1") == "an archive of loopring, but eip155:1 is wanted."
    Archive.open(path, network="loopring").close()


def test_a_file_that_is_altered_while_it_is_open_gives_errors_and_no_answers(path: Path) -> None:
    write_small(path)
    archive = Archive.open(path)
    block = archive.index.blocks["accounts"][0]
    with path.open("r+b") as file:
        file.seek(block.offset + block.length // 2)
        file.write(b"\0\0\0\0")
    with pytest.raises(UnavailableError, match="is damaged: this bot's operator should run"):
        archive.find_account("10001")
    archive.close()
    with pytest.raises(UnavailableError, match="is closed"):
        archive.find_account("10001")


# ---------------------------------------------------------------- contradictions with a right digest


def forge(path: Path, old: bytes, new: bytes) -> None:
    """Change a line and make all digests right again; `new` is as long as `old`."""
    assert len(old) == len(new)
    whole = path.read_bytes()
    archive = Archive.open(path)
    blocks = [block for kind in KINDS for block in archive.index.blocks[kind]]
    archive.close()
    out = bytearray(whole[: blocks[0].offset])
    index = gzip.decompress(whole[unpack_tail(whole[-TAIL_SIZE:])[0] : -TAIL_SIZE])
    table = orjson.loads(index)
    for kind in KINDS:
        for row in table[kind]["blocks"]:
            lines = gzip.decompress(whole[row[1] : row[1] + row[2]]).replace(old, new)
            row[1] = len(out)
            member = pack(lines[:-1].split(b"\n"))
            row[2] = len(member)
            out += member
    index_at = len(out)
    out += pack([orjson.dumps(table)])
    path.write_bytes(bytes(out) + pack_tail(index_at, hashlib.sha256(out).hexdigest()))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b'"id":"10003"', b'"id":"10001"', "comes after"),
        (b'"complete":true', b'"complete":null', "not a line of the kind account"),
        (b'"complete":true,', b'"complete":false', "a line without an id"),
        (b'["1",1]', b'["9",1]', "collection 9 is not in the archive"),
        (b'["2",1]', b'["1",1]', "a collection twice"),
        (b'"account":"10002"', b'"account":"10009"', "the owners' lines"),
        (b'"kind":"collection"', b'"kind":"correction"', "not a line of the kind collection"),
    ],
)  # fmt: skip
def test_verify_finds_lines_that_contradict_each_other(path: Path, old: bytes, new: bytes, fault: str) -> None:
    write_small(path)
    forge(path, old, new)
    assert any(fault in each for each in verify(path).faults)


def test_an_account_that_points_at_a_missing_collection_is_an_error_not_a_smaller_account(path: Path) -> None:
    write_small(path)
    forge(path, b'["1",1]', b'["9",1]')
    archive = Archive.open(path)
    record = archive.find_account("10001")
    assert record
    with pytest.raises(UnavailableError):
        [archive.collection(held.collection_id) for held in record.holdings]
    archive.close()


# ---------------------------------------------------------------- the writer's promises


def account(account_id: str, *held: str) -> AccountRecord:
    return AccountRecord(account_id, RECORDED_AT, holdings=tuple(HeldRecord(each, 1) for each in held))


@pytest.mark.parametrize(
    ("collections", "accounts"),
    [
        ([], [account("2"), account("1")]),
        ([], [account("10"), account("9")]),
        ([], [account("1"), account("1")]),
        ([], [account("")]),
        ([], [account("1", "5")]),
        ([Collection("eip155:1", "5")], []),
    ],
    ids=["out of order", "as text", "twice", "nameless", "unknown collection", "other network"],
)
def test_what_makes_no_archive_is_not_written(
    path: Path, collections: list[Collection], accounts: list[AccountRecord]
) -> None:
    path.write_bytes(b"as before")
    with pytest.raises(ValueError, match=r"“|is of another network|not in the archive"):
        write_archive(path, header(), collections, accounts)
    assert path.read_bytes() == b"as before"
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_disk_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written: No such file or directory"):
        write_archive(tmp_path / "nowhere" / "a", header(), [], [])


def test_the_documentation_states_the_length_of_the_end() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "archive-format.md"
    assert page.read_text("utf-8").count(f"{TAIL_SIZE} bytes") == 2


def test_members_are_bounded() -> None:
    assert unpack(pack([b"a", b""])) == [b"a", b""]
    for odd in (pack([b"a"]) * 2, pack([b"a"])[:-1], gzip.compress(b"no newline"), b"", pack([b" " * MAX_UNPACKED])):
        with pytest.raises(MemberError):
            unpack(odd)
