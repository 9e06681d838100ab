"""`tessera audit`: what is recorded, by filters that are each understood or refused with what is accepted."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.store import Store
from bot.store.audit import record
from bot.store.pseudonyms import OPERATOR, pseudonyms
from tests.cli.result import Command
from tests.sandbox_client import SECRETS

ADA, BEN = 920_010_485_830_011_170, 920_010_485_830_011_171
OF = pseudonyms(SECRETS["DISCORD_TOKEN"])


@pytest.fixture(autouse=True)
async def _recorded(tmp_path: Path) -> None:
    """Three days, of three people."""
    store = await Store.open(tmp_path / "tessera.db")
    now = datetime.now(UTC)
    for days, actor, verb, subject in (
        (40, ADA, "link", ADA),
        (3, BEN, "vouch", ADA),
        (1, OPERATOR, "owner-set", None),
    ):
        row = (OF(actor), verb, None if subject is None else OF(subject))
        await store.writer.transaction(partial(_record, now - timedelta(days=days), row))
    await store.close()


def _record(at: datetime, row: tuple[bytes, str, bytes | None], db: Database) -> None:
    record(db, at, *row)


@pytest.mark.parametrize(
    ("options", "verbs"),
    [
        ([], ["link", "vouch", "owner-set"]),
        (["--limit", "2"], ["vouch", "owner-set"]),
        (["--verb", "vouch"], ["vouch"]),
        (["--of", str(ADA)], ["link", "vouch"]),
        (["--of", "operator"], ["owner-set"]),
        (["--since", "7d"], ["vouch", "owner-set"]),
        (["--since", "36h"], ["owner-set"]),
        (["--until", "7d"], ["link"]),
        (["--since", "2020-01-01", "--until", "2020-01-02T03:00"], []),
    ],
    ids=lambda value: " ".join(value) or "all",
)
async def test_the_newest_that_are_wanted_are_printed_oldest_first(
    tessera: Command, options: list[str], verbs: list[str]
) -> None:
    result = await tessera("audit", "--json", *options)
    assert (result.code, result.err) == (0, "")
    assert [json.loads(line)["verb"] for line in result.lines if line] == verbs


async def test_nobody_is_named_but_the_operator(tessera: Command) -> None:
    result = await tessera("audit")
    assert [line.split("Z  ")[1] for line in result.lines] == [
        f"link             by {OF(ADA).hex()}",
        f"vouch            by {OF(BEN).hex()}  about {OF(ADA).hex()}",
        "owner-set        by operator",
    ]
    assert (await tessera("audit", "--verb", "nothing")).out == "Nothing of that is recorded.\n"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ["--of", "ada"],
            "--of takes the id of a Discord user (17 to 20 digits), an address (0x…), or the word operator.",
        ),
        (
            ["--since", "yesterday"],
            (
                "--since takes a day (2026-11-27), a time in UTC (2026-11-27T03:00) or an age (36h, 7d), "
                "from the year 2000 on."
            ),
        ),
        (
            ["--until", "7 weeks"],
            (
                "--until takes a day (2026-11-27), a time in UTC (2026-11-27T03:00) or an age (36h, 7d), "
                "from the year 2000 on."
            ),
        ),
    ],
)
async def test_what_is_not_understood_is_refused(tessera: Command, options: list[str], sentence: str) -> None:
    result = await tessera("audit", *options)
    assert (result.code, result.out, result.err) == (2, "", f"tessera: {sentence}\n")


async def test_without_the_token_nobody_can_be_looked_up(tessera: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCORD_TOKEN")
    assert (await tessera("audit", "--verb", "link")).code == 0
    result = await tessera("audit", "--of", str(ADA))
    assert result.code == 2
    assert "--of needs the token that its names were made with" in result.err
