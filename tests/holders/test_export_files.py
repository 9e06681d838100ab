"""Exported files: the same bytes for the same snapshot, with what is not known said at their head."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.counts import Count, Ternary, at_least, exact, unknown
from bot.holders.export_files import COLUMNS, disarmed, incompleteness, write_file
from bot.holders.export_view import ExportView, Layout, export_view
from bot.holders.held import OpenReason
from bot.holders.snapshot import Snapshot, SnapshotRequest, Weight
from tests.holders.snapshots import ANN, BEN, CLEO, held, owner, row, snapshot

GOLDEN = Path(__file__).parent / "golden"
ALL = snapshot(ANN, BEN, CLEO)
CERTAIN = snapshot(ANN)


def view(taken: Snapshot, **how: bool) -> ExportView:
    """All of a snapshot, with addresses."""
    return export_view(taken, shows_addresses=True, by_member=how.get("by_member", False))


def text(taken: Snapshot, layout: Layout, **how: bool) -> str:
    """A file of it."""
    return write_file(view(taken, **how), layout).decode()


def table(content: str) -> list[dict[str, str]]:
    """The rows of a CSV file, without its head."""
    return list(csv.DictReader(line for line in content.splitlines() if not line.startswith("#")))


@pytest.mark.parametrize(
    ("name", "taken", "layout", "by_member"),
    [
        ("incomplete.csv", ALL, Layout.CSV, False),
        ("incomplete-members.csv", ALL, Layout.CSV, True),
        ("complete.csv", CERTAIN, Layout.CSV, False),
        ("incomplete.json", ALL, Layout.JSON, False),
        ("complete-members.json", CERTAIN, Layout.JSON, True),
        ("incomplete.drop.csv", ALL, Layout.DROP, False),
        ("complete.drop.csv", CERTAIN, Layout.DROP, False),
        ("complete-members.drop.csv", CERTAIN, Layout.DROP, True),
        ("incomplete.txt", ALL, Layout.ADDRESSES, False),
        ("complete.txt", CERTAIN, Layout.ADDRESSES, False),
    ],
)
def test_a_file_is_as_it_always_was(name: str, taken: Snapshot, layout: Layout, by_member: bool) -> None:  # noqa: FBT001 - of a table
    assert write_file(view(taken, by_member=by_member), layout) == (GOLDEN / name).read_bytes()


def test_an_unknown_number_is_an_empty_cell_and_null_and_never_zero() -> None:
    unknown = table(text(ALL, Layout.CSV))[-1]
    assert (unknown["kinds"], unknown["kinds_known"], unknown["fits_rule"]) == ("", "unknown", "unknown")
    assert json.loads(text(ALL, Layout.JSON))["rows"][-1]["kinds"] is None


def test_a_lower_bound_says_at_least() -> None:
    ben = table(text(ALL, Layout.CSV))[2]
    assert (ben["kinds"], ben["kinds_known"], ben["complete"]) == ("2", "at least", "no")
    assert "read in part" in ben["incomplete_reason"]


def test_zero_is_written_where_it_is_known() -> None:
    [nobody] = table(text(snapshot(row(7)), Layout.CSV))
    assert (nobody["kinds"], nobody["kinds_known"], nobody["account"]) == ("0", "exactly", "")


def test_the_first_line_says_that_it_is_not_complete() -> None:
    assert text(ALL, Layout.CSV).startswith("# INCOMPLETE: of 2 members")
    assert text(CERTAIN, Layout.CSV).startswith("# Complete: ")
    body = json.loads(text(ALL, Layout.JSON))
    assert (body["complete"], body["incomplete_members"]) == (False, 2)
    assert body["remarks"][0].startswith("INCOMPLETE: of 2 members")


def test_a_list_for_a_tool_begins_with_its_data_only_where_it_is_complete() -> None:
    assert text(CERTAIN, Layout.DROP).splitlines() == ["address,amount", f"{owner(10001)},3", f"{owner(10002)},1"]
    lines = text(ALL, Layout.DROP).splitlines()
    assert lines[0].startswith("# INCOMPLETE: one member is not in this list, as it is not known")
    assert lines[1].startswith("# INCOMPLETE: the amount of one member is “at least”")
    assert f"{owner(10003)},2" in lines
    assert not any(owner(10004) in line for line in lines)


def test_a_drop_by_copies_pays_copies() -> None:
    by_copies = snapshot(ANN, request=SnapshotRequest("254", Weight.COPIES))
    assert f"{owner(10002)},5" in text(by_copies, Layout.DROP)


def test_one_row_for_each_member_pays_all_to_the_address_that_holds_most() -> None:
    assert text(CERTAIN, Layout.DROP, by_member=True).splitlines()[1:] == [f"{owner(10001)},4"]


def test_an_owner_with_several_accounts_of_a_network_is_paid_once() -> None:
    twice = row(7, held(7, 1, exact(2)), held(7, 2, exact(2), owner_number=1))
    assert text(snapshot(twice), Layout.DROP).splitlines()[1:] == [f"{owner(1)},2"]
    two_networks = row(7, held(7, 1, exact(2)), held(7, 1, exact(3), network="eip155:1"))
    assert text(snapshot(two_networks), Layout.DROP).splitlines()[1:] == [f"{owner(1)},5"]


def test_addresses_are_only_shown_where_the_server_or_the_member_lets_them() -> None:
    shared = {(101, "loopring:10001")}
    hidden = export_view(CERTAIN, shows_addresses=False, shared=shared)
    content = write_file(hidden, Layout.CSV).decode()
    assert [each["owner"] for each in table(content)] == [owner(10001), ""]
    assert "loopring:10002" not in content
    assert "The address of one account is not shown" in content
    assert owner(10002) not in write_file(hidden, Layout.JSON).decode()
    drop = write_file(hidden, Layout.DROP).decode().splitlines()
    assert drop[0].startswith("# INCOMPLETE: one member is not in this list, or not with all they hold")
    assert drop[1:] == ["address,amount", f"{owner(10001)},3"]


def test_a_share_of_one_member_shows_no_account_of_another() -> None:
    hidden = export_view(CERTAIN, shows_addresses=False, shared={(102, "loopring:10001")})
    assert owner(10001) not in write_file(hidden, Layout.JSON).decode()


def test_members_who_left_are_left_out_where_only_members_are_wanted() -> None:
    present = export_view(ALL, shows_addresses=True, present={101})
    content = write_file(present, Layout.CSV).decode()
    assert {each["discord_id"] for each in table(content)} == {"101"}
    assert "2 members are left out, who left the server since." in content


def test_who_was_deleted_is_counted() -> None:
    assert "One member is not in it any more" in text(replace(CERTAIN, forgotten=1), Layout.CSV)


def test_what_is_missing_is_asked_about_for_each_form() -> None:
    assert incompleteness(view(CERTAIN), Layout.CSV) == ()
    assert incompleteness(view(CERTAIN), Layout.DROP) == ()
    assert len(incompleteness(view(ALL), Layout.CSV)) == 3  # how many, and the two reasons
    hidden = export_view(CERTAIN, shows_addresses=False)
    assert incompleteness(hidden, Layout.CSV) == ()  # said in the file, and no number is missing
    assert incompleteness(hidden, Layout.DROP)
    lower = snapshot(row(7, held(7, 1, at_least(2))))
    assert incompleteness(view(lower), Layout.DROP)
    assert incompleteness(view(lower), Layout.ADDRESSES) == ()  # who holds is certain


def test_a_list_of_addresses_lacks_those_of_accounts_of_which_nothing_is_known() -> None:
    """Who has a second account that was never read may hold more there: that address is not in the list."""
    unread = held(7, 2, unknown(), reason=OpenReason.NEVER_READ)
    perhaps = snapshot(row(7, held(7, 1, exact(12)), unread))
    [missing] = incompleteness(view(perhaps), Layout.ADDRESSES)
    assert str(missing).startswith("INCOMPLETE: one member may hold more at another address")
    head, address = text(perhaps, Layout.ADDRESSES).splitlines()
    assert (head, address) == (f"# {missing}", owner(1))
    # What is hidden may be missing as well; one address for each member, or the same one, is not.
    mine = {(7, "loopring:1")}
    assert incompleteness(export_view(perhaps, shows_addresses=False, shared=mine), Layout.ADDRESSES) == (missing,)
    assert incompleteness(view(perhaps, by_member=True), Layout.ADDRESSES) == ()
    same = snapshot(row(7, held(7, 1, exact(12)), held(7, 2, unknown(), owner_number=1)))
    assert incompleteness(view(same), Layout.ADDRESSES) == ()


def test_a_member_of_whom_only_the_rule_is_uncertain_is_paid_nothing() -> None:
    may_fit = row(7, held(7, 1, exact(2)), fits=Ternary.UNKNOWN)
    lines = text(snapshot(may_fit), Layout.DROP).splitlines()
    assert lines[0].startswith("# INCOMPLETE")
    assert lines[1:] == ["address,amount"]


@pytest.mark.parametrize("cell", ["=HYPERLINK(“http://x”)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1"])
def test_a_formula_is_disarmed(cell: str) -> None:
    assert not disarmed(cell).lstrip().startswith(("=", "+", "-", "@"))


def test_a_formula_in_a_collections_name_is_disarmed_and_stays_in_its_line() -> None:
    evil = replace(CERTAIN, names=('x",=HYPERLINK("http://evil")', "y\n=1+1\n"))
    lines = text(evil, Layout.CSV).splitlines()
    [head] = [line for line in lines if line.startswith("# of:")]
    assert ",'=HYPERLINK" in head
    assert not any(line.lstrip().startswith(("=", "+", "-", "@")) for line in lines)
    for cells in csv.reader(lines):
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells)


@pytest.mark.parametrize("name", ['x,"=1+1"', 'x;"+1"', 'x, "@A1"', 'x,"" =1', 'x|"-1"'])
def test_a_formula_in_a_quoted_cell_of_a_name_is_disarmed(name: str) -> None:
    lines = text(replace(CERTAIN, names=(name,)), Layout.CSV).splitlines()
    [head] = [line for line in lines if line.startswith("# of:")]
    for delimiter in ",;|":
        for skips in (False, True):
            [cells] = csv.reader([head], delimiter=delimiter, skipinitialspace=skips)
            assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells)


def test_each_row_has_each_column() -> None:
    for line in csv.reader(text(ALL, Layout.CSV).splitlines()):
        if not line[0].startswith("#"):
            assert len(line) == len(COLUMNS)


def test_the_order_of_the_members_is_not_that_of_their_finding() -> None:
    numbers = [each["discord_id"] for each in json.loads(text(ALL, Layout.JSON))["rows"]]
    assert numbers == sorted(numbers)


def test_a_count_between_two_bounds_is_at_least_the_lower_one() -> None:
    [between] = table(text(snapshot(row(7, held(7, 1, Count(2, 5)))), Layout.CSV))
    assert (between["kinds"], between["kinds_known"]) == ("2", "at least")
