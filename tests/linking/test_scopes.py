"""Whether an account is proven is a question with a server in it: nobody can ask it and forget the server."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import pytest
from mypy import api

from bot.links import Link

PROJECT = Path(__file__).parents[2]
_CALLER = """
from datetime import datetime
from bot.linking import ProvenHere
from bot.links import NOWHERE, InGuild, Link, Proven, Scope
from bot.store import Store

async def ask(here: ProvenHere, store: Store, link: Link, proven: Proven, guild_id: int, since: datetime) -> None:
    {line}
"""
FORGETS = {
    "await here.of(1)": "call-arg",
    "await store.proven.of(1)": "call-arg",
    "await here.of(1, guild_id)": "arg-type",
    "await here.of(1, None)": "arg-type",
    "await store.proven.of(1, None)": "arg-type",
    "await here.of(1, InGuild(guild_id))": "call-arg",
    "link.proven": "attr-defined",
    "link.proof_kind": "attr-defined",
    "Proven(user_id=1, accounts={})": "call-arg",
}
ASKS = ["(await here.of(1, InGuild(guild_id, since))).of(link)", "(await store.proven.of(1, NOWHERE)).is_signed(link)"]


def test_a_caller_that_forgets_the_server_is_refused_before_it_runs(tmp_path: Path) -> None:
    files = {line: tmp_path / f"caller_{number}.py" for number, line in enumerate([*FORGETS, *ASKS])}
    for line, path in files.items():
        path.write_text(_CALLER.format(line=line), encoding="utf-8")
    settings = ["--config-file", str(PROJECT / "pyproject.toml"), "--follow-imports", "silent"]
    cache = ["--cache-dir", os.environ.get("MYPY_CACHE_DIR", str(PROJECT / ".mypy_cache"))]
    report, problem, _ = api.run([*settings, *cache, *map(str, files.values())])
    assert problem == ""
    found = {line: [each for each in report.splitlines() if f"{path.name}:" in each] for line, path in files.items()}
    assert all(found[line] == [] for line in ASKS), report
    refused = {line: code for line, code in FORGETS.items() if any(f"[{code}]" in each for each in found[line])}
    assert refused == FORGETS, report


@pytest.mark.parametrize("name", ["proven", "proof", "kind", "signed", "vouched"])
def test_a_link_says_nothing_about_its_proof(name: str) -> None:
    assert not [each.name for each in fields(Link) if name in each.name]
    assert not [each for each in dir(Link) if name in each]
