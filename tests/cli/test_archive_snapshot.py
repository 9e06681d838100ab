"""`tessera archive import-snapshot` and `compare`, as an operator runs them."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from bot.archive.reader import Archive
from bot.cli.main import main
from sandbox.community import load_world
from sandbox.rollup.history import community_history
from tests.archive.fixtures import ADA, write_small
from tests.archive_api.blocks.fetched_blocks import fetched, folder_of
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


def test_a_list_and_a_rebuilt_archive_of_the_same_holdings_have_the_same_collections(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = load_world()
    history = community_history(world)
    folder_of(tmp_path / "blocks", fetched(history))
    rebuilt, made, listed, known = (tmp_path / name for name in ("rebuilt", "made", "list.csv", "known.csv"))
    contracts = sorted({contract for held in history.ledger.holdings().values() for contract in held})
    known.write_text(f"contract,number,name\n0x{contracts[0].hex()},254,Harbour Lights\n")
    assert (
        run(capsys, "rebuild", "--from-dir", tmp_path / "blocks", "-o", rebuilt, "--collections", known, "--allow-gaps")
    ).code == 0
    # Published lists say 0 for ERC-721, and blocks 1.
    types = {(nft.contract, int.from_bytes(nft.nft_id)): 1 - nft.nft_type for nft, _ in history.ledger.slots.values()}
    rows = [
        f"0x{history.ledger.owners[account].hex()},0x{contract.hex()},{nft_id},{types[contract, nft_id]},{copies}"
        for account, held in history.ledger.holdings().items()
        for contract, nfts in held.items()
        for nft_id, copies in nfts.items()
    ]
    listed.write_text("\n".join(["holder,nft_address,nft_id,nft_type,nft_amount", *rows]))
    arguments = ("--as-of", "2026-06-28", "--numbers", rebuilt, "--collections", known)
    assert run(capsys, "import-snapshot", listed, "-o", made, *arguments).code == 0

    archives = [Archive.open(path) for path in (rebuilt, made)]
    ours, theirs = ({line for _, lines in archive.iter_blocks("collections") for line in lines} for archive in archives)
    assert ours == theirs
    assert any(b'"ERC721"' in line for line in ours)
    assert any(b'"ERC1155"' in line for line in ours)
    holding = next(str(account) for account in history.ledger.holdings())
    first, second = (archive.find_account(holding) for archive in archives)
    assert first is not None
    assert second is not None
    assert [(each.collection_id, each.kinds) for each in first.holdings] == [
        (each.collection_id, each.kinds) for each in second.holdings
    ]
    for archive in archives:
        archive.close()
    assert "Copies differ" not in run(capsys, "compare", rebuilt, made).out


def test_numbers_of_collections_are_refused_for_a_chain(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = tmp_path / "known.csv"
    known.write_text("contract\n")
    arguments = ("--as-of", "2026-06-28", "--network", "eip155:1", "--collections", known)

    result = run(capsys, "import-snapshot", published, "-o", tmp_path / "made", *arguments)

    assert "--collections is for Loopring's accounts alone" in result.complaint


def test_on_a_chain_the_collection_is_the_contract(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--as-of", "2026-06-28", "--network", "eip155:1")
    assert run(capsys, "import-snapshot", published, "-o", tmp_path / "made", *arguments).code == 0

    archive = Archive.open(tmp_path / "made")
    found = archive.find_collection(FOX)
    archive.close()

    assert found is not None
    assert (found.contract_address, found.nft_type) == (FOX, "ERC1155")


@pytest.mark.parametrize(
    ("option", "typed", "words"),
    [
        ("--network", "", "--network is “”, and must be loopring, or a chain by its number"),
        ("--network", "bogus", "--network is “bogus”, and must be loopring"),
        ("--network", "eip155:x", "must be loopring, or a chain by its number, such as eip155:1"),
        ("--label", "", "--label must be a text in UTF-8 of 1 to 200 letters."),
        ("--label", "x" * 70_000, "--label must be a text"),
        ("--label", "\udcff", "--label must be a text"),
        ("--as-of", "0001-01-01T00:00+05:00", "--as-of is “0001-01-01T00:00+05:00”, and must be a day or a time"),
        ("--as-of", "9999-12-31T23:59-05:00", "and must be a day or a time"),
    ],
    ids=lambda text: text[:12].encode("ascii", "replace").decode(),
)
def test_nothing_is_written_that_no_archive_can_say_of_itself(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, typed: str, words: str
) -> None:
    as_of = () if option == "--as-of" else ("--as-of", "2026-06-28")
    result = run(capsys, "import-snapshot", published, "-o", tmp_path / "made", *as_of, f"{option}={typed}")
    assert result.code == 2
    assert words in result.complaint
    assert not (tmp_path / "made").exists()


def test_every_label_and_network_that_is_accepted_can_be_opened_again(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, (label, network) in enumerate((("日" * 200, "loopring"), ("\x1b\n\u202e", f"eip155:{10**18}"))):
        made = tmp_path / str(number)
        options = (f"--label={label}", f"--network={network}", "--as-of", "2026-06-28")
        assert run(capsys, "import-snapshot", published, "-o", made, *options).code == 0
        assert run(capsys, "verify", made).code == 0


def test_a_list_whose_accounts_have_no_number_gives_none(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nameless, made = tmp_path / "nameless", tmp_path / "made"
    assert run(capsys, "import-snapshot", published, "-o", nameless, "--as-of", "2026-06-28").code == 0
    result = run(capsys, "import-snapshot", published, "-o", made, "--as-of", "2026-06-28", "--numbers", nameless)
    assert "Named by the address of their owner, as no number is known: 2." in result.lines
