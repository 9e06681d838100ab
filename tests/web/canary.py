"""Secrets that were met in a story, and where they must not be found afterwards: the log, and the store's files."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import yarl

from bot.app.log import set_up_logging
from bot.linking import cookie_secrets
from tests.web.harness import CLIENT_SECRET, Browser

LIBRARIES = ("discord", "aiohttp", "asyncio")
_HEX = re.compile(r"(?:[0-9a-f]{2})+")


class Canary:
    """Secrets that were met, and where they must not be."""

    def __init__(self, log: Path, folder: Path) -> None:
        self._log = log
        self._folder = folder
        self._never: dict[str, str] = {"client secret": CLIENT_SECRET}
        self._not_logged: dict[str, str] = {}

    @property
    def lines(self) -> str:
        """The log so far."""
        return self._log.read_text(encoding="utf-8")

    def hide(self, name: str, secret: str) -> None:
        """A secret for the log and the store."""
        assert len(secret) >= 8, f"{name} is too short to be looked for"
        self._never[f"{name} {len(self._never)}"] = secret

    def hush(self, name: str, text: str) -> None:
        """What the store has to keep, and the log need not know."""
        assert text
        self._not_logged[f"{name} {len(self._not_logged)}"] = text

    def browser(self, browser: Browser) -> None:
        """What a browser holds now, and what follows from that."""
        self.hide("cookie", browser.cookie)
        self.hide("header of the script", browser.state["csrf"])
        if url := browser.state["authorize_url"]:
            query = yarl.URL(url).query
            verifiers = [cookie_secrets.pkce_verifier(browser.cookie, login) for login in range(2)]
            self.hide(
                "verifier", next(v for v in verifiers if cookie_secrets.pkce_challenge(v) == query["code_challenge"])
            )
            self.hide("state", query["state"])

    def signature(self, signature: str) -> None:
        """A signature, in either half: as hex, and as the bytes that a store might keep."""
        self.hide("signature", signature[2:66])
        self.hide("signature", signature[66:130])

    def leaks(self) -> list[str]:
        """What was found where it must not be, each with its place."""
        lines = self.lines
        found = [f"{name} in the log" for name, secret in (self._never | self._not_logged).items() if secret in lines]
        files = [file for file in self._folder.rglob("*") if file.is_file() and file != self._log]
        if not any(file.name in {"tessera.db", "tessera.db-wal"} and file.stat().st_size for file in files):
            found.append("nothing was looked through: no store is there")
        for file in files:
            content = file.read_bytes()
            found_names = [
                name for name, secret in self._never.items() if any(form in content for form in _forms(secret))
            ]
            found += [f"{name} in {file.name}" for name in found_names]
        return found


def _forms(secret: str) -> Iterator[bytes]:
    """A secret as text, and as bytes where it is hex."""
    yield secret.encode()
    yield secret.replace("-", "").encode()
    if _HEX.fullmatch(secret):
        yield bytes.fromhex(secret)


@contextlib.contextmanager
def listening(folder: Path) -> Iterator[Canary]:
    """The bot's own log at its most talkative, in a file of this folder.

    It does not know which words to blank: nothing of ours may need that.
    """
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in LIBRARIES}
    root.handlers.clear()
    path = folder / "log.txt"
    with path.open("w", encoding="utf-8") as file:
        with contextlib.redirect_stderr(file):
            set_up_logging("debug", [])
        yield Canary(path, folder)
        root.handlers[:] = before
        root.setLevel(level)
        for name, each in levels.items():
            logging.getLogger(name).setLevel(each)
