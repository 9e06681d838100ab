"""`tessera collections`: a table for people, JSON for programs, and a clear line when the answer is incomplete."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.result import Command
from tests.sandbox_client import SandboxClient, write_config

ACCOUNT = "10001"
OWNER = "0xf153278d25b7c23da3d5183d43fb68321778175d"  # of 10002, with collections on Ethereum too
ETHEREUM = """
[[source]]
kind = "blockscout"
name = "ethereum"
base_url = "SANDBOX/blockscout/1/api/v2"
chain_id = 1
requests_per_second = 1000
"""
NO_ONE_LISTENS = "http://127.0.0.1:1"


def columns(text: str) -> int:
    """How wide a terminal shows it, counted apart from the code under test."""
    shown = [char for char in text if unicodedata.category(char) not in ("Mn", "Me", "Cf")]
    return len(shown) + sum(unicodedata.east_asian_width(char) in "WF" for char in shown)


def column_of(line: str, text: str) -> int:
    """The terminal column at which a text begins."""
    return columns(line[: line.index(text)])


async def listed(tessera: Command, *arguments: str) -> list[dict[str, Any]]:
    """The rows of the JSON answer."""
    rows: list[dict[str, Any]] = json.loads((await tessera("collections", *arguments, "--json")).out)["collections"]
    return rows


async def test_the_table_shows_owner_rows_and_a_last_line_that_says_how_much_and_when(tessera: Command) -> None:
    result = await tessera("collections", ACCOUNT)
    assert (result.code, result.err) == (0, "")
    assert re.fullmatch(r"Account loopring:10001, owner 0x90e7[0-9a-f]{32}8a71", result.lines[0])
    assert result.lines[2].split() == ["ID", "COLLECTION", "KINDS", "TYPE", "STATUS"]
    rows = result.lines[3:-2]
    assert len(rows) == 30
    assert re.split(r" {2,}", rows[0]) == ["254", "Harbour Lights", "12", "ERC-1155", "DEPLOYED"]
    last = re.fullmatch(r"30 collections, 94 different NFTs, according to Loopring, (.{19}) UTC", result.lines[-1])
    assert last
    asked_at = datetime.strptime(last[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert timedelta(0) <= datetime.now(UTC) - asked_at < timedelta(seconds=10)


async def test_columns_stay_straight_below_names_of_any_script(tessera: Command) -> None:
    result = await tessera("collections", ACCOUNT)
    heading, *rows = result.lines[2:-2]
    wide = [row for row in rows if any(unicodedata.east_asian_width(char) == "W" for char in row)]
    assert wide
    kinds_end = column_of(heading, "KINDS") + len("KINDS")
    for row in rows:
        kinds = re.search(r" (\d+)  \S+ +\S+$", row)
        assert kinds, row
        assert columns(row[: kinds.end(1)]) == kinds_end, row
        assert column_of(row, row.split()[0]) == 0


async def test_upstream_text_cannot_break_the_table_or_control_the_terminal(tessera: Command) -> None:
    result = await tessera("collections", ACCOUNT)
    control = {char for char in result.out if unicodedata.category(char) in ("Cc", "Cf")}
    assert control <= {"\n", "\u200b", "\u200d"}  # the latter two break up mentions and join emoji


async def test_json_carries_every_collection_and_how_far_it_can_be_trusted(tessera: Command) -> None:
    result = await tessera("collections", ACCOUNT, "--json")
    assert (result.code, result.err) == (0, "")
    body = json.loads(result.out)
    assert (body["account"], body["source"]) == ("loopring:10001", "Loopring")
    assert (body["complete"], body["incomplete_reason"], body["total"]) == (True, None, 30)
    assert re.fullmatch(r"0x90e7[0-9a-f]{32}8a71", body["owner"])
    assert datetime.fromisoformat(body["as_of"]).utcoffset() == timedelta(0)
    assert len(body["collections"]) == 30
    first = body["collections"][0]
    assert re.fullmatch(r"0x[0-9a-f]{40}", first.pop("contract_address"))
    assert first == {
        "id": "254",
        "name": "Harbour Lights",
        "kinds": 12,
        "nft_type": "ERC1155",
        "deploy_status": "DEPLOYED",
        "is_scam": False,
    }


async def test_sorted_by_kinds_by_default(tessera: Command) -> None:
    rows = await listed(tessera, ACCOUNT)
    assert [row["kinds"] for row in rows] == sorted((row["kinds"] for row in rows), reverse=True)


async def test_sorted_by_name(tessera: Command) -> None:
    names = [row["name"].casefold() for row in await listed(tessera, ACCOUNT, "--sort", "name") if row["name"]]
    assert names == sorted(names)


async def test_newest_and_oldest_are_the_reverse_of_each_other(tessera: Command) -> None:
    newest = [row["id"] for row in await listed(tessera, ACCOUNT, "--sort", "newest")]
    oldest = [row["id"] for row in await listed(tessera, ACCOUNT, "--sort", "oldest")]
    assert newest != oldest
    assert newest[0] == oldest[-1]


async def test_one_contract_only(sandbox: SandboxClient, tessera: Command) -> None:
    wanted = (await listed(tessera, ACCOUNT))[0]["contract_address"]
    rows = await listed(tessera, ACCOUNT, "--contract", wanted.upper().replace("X", "x"))
    assert rows
    assert {row["contract_address"] for row in rows} == {wanted}
    assert (await sandbox.requests("collection/details"))[-1]["query"]["tokenAddress"] == wanted


async def test_a_contract_of_which_nothing_is_held_is_a_whole_answer(tessera: Command) -> None:
    result = await tessera("collections", ACCOUNT, "--contract", "0x" + "9" * 40)
    assert result.code == 0
    assert result.lines[-1].startswith("0 collections, 0 different NFTs, according to Loopring, ")


async def test_an_address_means_the_account_it_owns(tessera: Command) -> None:
    owner = json.loads((await tessera("collections", ACCOUNT, "--json")).out)["owner"]
    assert len(await listed(tessera, owner)) == 30


@pytest.mark.parametrize("down", ["loopring", "blockscout", ""])
async def test_an_address_is_asked_of_every_source_and_one_that_is_down_is_not_in_the_way(
    sandbox: SandboxClient, tessera: Command, tmp_path: Path, down: str
) -> None:
    both = write_config(tmp_path, sandbox, sources=ETHEREUM, loopring="requests_per_second = 1000")
    await sandbox.post("/_sandbox/blockscout", {"per_second": 1000})
    if down:
        fault = {"service": down, "path": "", "kind": "status", "status": 503, "times": None}
        await sandbox.post("/_sandbox/faults", fault)
    result = await tessera("collections", OWNER, "--json", config=both)
    assert (result.code, result.err) == (0, "")
    expected = f"eip155:1:{OWNER}" if down == "loopring" else "loopring:10002"
    assert json.loads(result.out)["account"] == expected


async def test_the_bots_own_file_is_not_touched(tessera: Command, tmp_path: Path) -> None:
    await tessera("collections", ACCOUNT)
    assert not (tmp_path / "tessera.db").exists()


async def test_an_interrupted_list_is_printed_as_incomplete_and_exits_1(
    sandbox: SandboxClient, tessera: Command
) -> None:
    await sandbox.fault("status", after=2, status=503)
    result = await tessera("collections", "10005")
    assert result.code == 1
    assert result.lines[-2].startswith("At least 100 collections, ")
    assert result.lines[-1] == (
        "INCOMPLETE: Loopring has an internal error (HTTP 503). Try again in a minute. "
        "What is missing here is unknown, not zero."
    )


async def test_incomplete_json_says_so_and_exits_1(sandbox: SandboxClient, tessera: Command) -> None:
    await sandbox.fault("short")
    result = await tessera("collections", ACCOUNT, "--json")
    body = json.loads(result.out)
    assert result.code == 1
    assert body["complete"] is False
    assert "of the 30 announced arrived" in body["incomplete_reason"]


async def test_without_an_owner_only_the_owner_is_missing(sandbox: SandboxClient, tessera: Command) -> None:
    await sandbox.fault("status", path="/api/v3/account", status=503)
    result = await tessera("collections", ACCOUNT)
    assert result.code == 0
    assert result.lines[0] == "Account loopring:10001"


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("nobody!", "tessera: “nobody!” is not an account. Use an account id such as"),
        ("0x123", "tessera: “0x123” is not a whole address: an address is 0x and 40 hex digits."),
        ("4294967296", "tessera: An account id is a number from 1 to 4294967295."),
        ("", "tessera: No account was given."),
        ("\x1b]0;owned\x07\n2", "tessera: “"),
    ],
)
async def test_what_is_no_account_is_reported_in_one_line(tessera: Command, typed: str, complaint: str) -> None:
    result = await tessera("collections", typed)
    assert result.code == 2
    assert result.complaint.startswith(complaint)
    assert result.complaint.isprintable()


async def test_what_is_no_contract_is_reported_in_one_line(tessera: Command) -> None:
    result = await tessera("collections", ACCOUNT, "--contract", "0x12")
    assert result.code == 2
    assert result.complaint == "tessera: “0x12” is not a contract address: use 0x and 40 hex digits."


async def test_an_account_that_does_not_exist_exits_1(tessera: Command) -> None:
    result = await tessera("collections", "999999")
    assert result.code == 1
    assert result.complaint == "tessera: Loopring has no such account: check the number, address or name."


async def test_a_wrong_key_is_reported(tessera: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPRING_API_KEY", "canary-wrong-key")
    result = await tessera("collections", ACCOUNT)
    assert result.code == 2
    assert result.complaint == (
        "tessera: Loopring refuses this bot's API key: its operator must check LOOPRING_API_KEY."
    )


async def test_a_missing_key_is_reported(tessera: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOOPRING_API_KEY")
    result = await tessera("collections", ACCOUNT)
    assert result.code == 2
    assert result.complaint == (
        "tessera: Loopring requires an API key and this bot has none: its operator must set LOOPRING_API_KEY."
    )


@pytest.mark.parametrize(
    ("kind", "options", "complaint"),
    [
        ("status", {"status": 503}, "Loopring has an internal error (HTTP 503). Try again in a minute."),
        ("reset", {}, "Loopring cannot be reached, or broke off in the middle. Try again in a minute."),
    ],
)
async def test_a_source_that_is_down_is_one_line_and_exit_1(
    sandbox: SandboxClient, tessera: Command, kind: str, options: dict[str, Any], complaint: str
) -> None:
    await sandbox.fault(kind, **options)
    result = await tessera("collections", ACCOUNT)
    assert result.code == 1
    assert result.complaint == f"tessera: {complaint}"


async def test_a_source_that_is_silent_is_one_line_and_exit_1(
    sandbox: SandboxClient, tessera: Command, tmp_path: Path
) -> None:
    await sandbox.fault("slow", seconds=60)
    impatient = write_config(tmp_path, sandbox, loopring="timeout_seconds = 1")
    result = await tessera("collections", ACCOUNT, config=impatient)
    assert result.code == 1
    assert result.complaint == "tessera: Loopring did not answer within 1 second. Try again in a minute."


async def test_a_closed_port_is_one_line_and_exit_1(sandbox: SandboxClient, tessera: Command, tmp_path: Path) -> None:
    gone = write_config(tmp_path, sandbox, loopring=f'base_url = "{NO_ONE_LISTENS}"')
    result = await tessera("collections", ACCOUNT, config=gone)
    assert result.code == 1
    assert result.complaint.startswith("tessera: Loopring cannot be reached")
