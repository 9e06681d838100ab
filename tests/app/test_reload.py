"""Settings are read again: what can be applied is, the rest is named, and what is wrong changes nothing."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from bot.app.reload import Reload
from bot.config.settings import Settings, load

CHAIN = (
    '[[source]]\nkind = "blockscout"\nname = "ethereum"\nbase_url = "https://eth.blockscout.com/api/v2"\nchain_id = 1\n'
)


class Operator:
    """Edits a file, and has it read again."""

    def __init__(self, path: Path, caplog: pytest.LogCaptureFixture) -> None:
        self.path, self._caplog = path, caplog
        self.environ = {"DISCORD_TOKEN": "a.token", "ETHEREUM_API_KEY": "canary"}
        self.applied: list[str] = []
        caplog.set_level(logging.INFO)

    def write(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")

    def start(self, text: str) -> Reload:
        self.write(text)
        reload = Reload(self.load(), self.load, asyncio.Event())
        reload.on_change("log.level", lambda new: self.applied.append(new.log.level))
        reload.on_change("web.trusted_proxies", self._later)
        return reload

    async def _later(self, new: Settings) -> None:
        self.applied += map(str, new.web.proxies)

    def load(self) -> Settings:
        return load(self.path, self.environ)

    async def lines(self, reload: Reload) -> list[tuple[str, str]]:
        """Level and words of what is logged by one reload."""
        self._caplog.clear()
        await reload.reload()
        return [(record.levelname, record.getMessage()) for record in self._caplog.records]


@pytest.fixture
def operator(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Operator:
    """Somebody with a file."""
    return Operator(tmp_path / "config.toml", caplog)


async def test_what_can_be_applied_is_and_what_needs_a_restart_is_named_each_time(operator: Operator) -> None:
    reload = operator.start('[log]\nlevel = "info"\n')
    operator.write('[log]\nlevel = "debug"\n[web]\nport = 9999\ntrusted_proxies = ["127.0.0.1/32"]\n')
    waiting = ("WARNING", "reload: these need a restart, and stay as they were until then: web.port")
    assert await operator.lines(reload) == [
        ("INFO", "reload: applied: web.trusted_proxies = 127.0.0.1/32, log.level = debug"),
        waiting,
    ]
    assert operator.applied == ["127.0.0.1/32", "debug"]
    assert await operator.lines(reload) == [waiting]
    operator.write('[log]\nlevel = "debug"\n[web]\ntrusted_proxies = ["127.0.0.1/32"]\n')
    assert await operator.lines(reload) == [("INFO", "reload: nothing has changed")]


@pytest.mark.parametrize(
    ("after", "named"),
    [
        (
            CHAIN.replace("chain_id = 1", "chain_id = 1\nrequests_per_second = 2"),
            "source ethereum: requests_per_second",
        ),
        (f'{CHAIN}[[source]]\nkind = "loopring"\nname = "loopring"\n', "source loopring: kind"),
        (f"{CHAIN}[sync]\ninterval_minutes = 20\n", "sync.interval_minutes"),
    ],
    ids=["a setting of a source", "another source", "the interval"],
)
async def test_a_changed_source_or_interval_needs_a_restart(operator: Operator, after: str, named: str) -> None:
    reload = operator.start(CHAIN)
    operator.write(after)
    [(level, words)] = await operator.lines(reload)
    assert level == "WARNING"
    assert named in words


async def test_what_is_to_be_done_at_each_reload_is_done_unless_the_file_is_wrong(operator: Operator) -> None:
    reload, done = operator.start('[log]\nlevel = "info"\n'), list[str]()

    async def act() -> None:
        done.append("tried again")

    reload.each_time(act)
    await reload.reload()
    assert done == ["tried again"]
    operator.write('[log]\nlevel = "loud"\n')
    await reload.reload()
    assert done == ["tried again"]


async def test_a_changed_secret_needs_a_restart_and_is_not_shown(operator: Operator) -> None:
    reload = operator.start(CHAIN)
    operator.environ |= {"DISCORD_TOKEN": "canary.token", "ETHEREUM_API_KEY": "canary-key"}
    [(level, words)] = await operator.lines(reload)
    assert level == "WARNING"
    assert "discord.token" in words
    assert "source ethereum: api_key" in words
    assert "canary" not in words


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[log]\nlevel = "loud"', "log.level: input should be"),
        ("[log", "not valid TOML"),
        ('[log]\nlevel = "debug"\n[web]\npublic_url = "https://verify.example.org"', "DISCORD_CLIENT_SECRET"),
    ],
    ids=["a wrong value", "no TOML", "a missing secret"],
)
async def test_a_file_that_is_wrong_changes_nothing_and_says_why(operator: Operator, text: str, reason: str) -> None:
    reload = operator.start('[log]\nlevel = "info"\n')
    operator.write(text)
    [(level, words)] = await operator.lines(reload)
    assert (level, operator.applied) == ("ERROR", [])
    assert words.startswith("reload: everything stays as it was: ")
    assert reason in words
    operator.path.unlink()
    assert "no such file" in (await operator.lines(reload))[0][1]
    operator.write('[log]\nlevel = "warning"\n')
    await reload.reload()
    assert operator.applied == ["warning"]
