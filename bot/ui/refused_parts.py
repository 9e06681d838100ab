"""Which parts of a message Discord refuses, read from its answer (HTTP 400, code 50035 "Invalid Form Body").

The errors are nested as the message is: `{"embeds": {"0": {"image": {"url": {"_errors": [{"code": …}]}}}}}`, below
`data` where an interaction is answered. A webhook may answer `{"embeds": ["0"]}` alone, and some answers name nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import Any

import aiohttp
import discord

Path = tuple[str | int, ...]

_INVALID_FORM_BODY = 50035
_UNNAMED = 0  # discord.py's for a body without a code
_MOST_PARTS = 200
_DEEPEST = 12
# What is written into the log is made of these alone.
_KEY = re.compile(r"[A-Za-z_]{1,40}")
_INDEX = re.compile(r"[0-9]{1,3}", re.ASCII)
_CODE = re.compile(r"[A-Z_]{1,60}")
_AT_MOST = re.compile(r"(?:Must be|between [0-9]+ and) ([0-9]{1,4})(?: or fewer)? in length", re.ASCII)


@dataclass(frozen=True, slots=True)
class RefusedPart:
    """One of them.

    Attributes:
        path: Where it is in the message, as `("embeds", 0, "image", "url")`; () for the message itself.
        code: Discord's name for the reason, or "".
        at_most: How long it may be, if that is what Discord says.
    """

    path: Path
    code: str = ""
    at_most: int | None = None

    @property
    def name(self) -> str:
        """Where it is, for the log."""
        return ".".join(map(str, self.path)) or "the message"


async def refused_in(error: discord.HTTPException) -> tuple[RefusedPart, ...] | None:
    """What Discord refuses, as far as it says so; None: this error is about something else."""
    if error.status != HTTPStatus.BAD_REQUEST or error.code not in (_INVALID_FORM_BODY, _UNNAMED):
        return None
    if not isinstance(error.response, aiohttp.ClientResponse):
        return ()
    try:
        body = json.loads(await error.response.text())  # discord.py has read it already
    except ValueError:
        return ()
    return refused_parts(body)


def refused_parts(body: object) -> tuple[RefusedPart, ...]:
    """The parts that a body names, at most 200; () where it names none."""
    if not isinstance(body, Mapping):
        return ()
    errors = body.get("errors")
    found = _walk(errors, ()) if isinstance(errors, Mapping) else _listed(body)
    return tuple(islice(found, _MOST_PARTS))


def _walk(errors: Mapping[Any, Any], path: Path) -> Iterator[RefusedPart]:
    for key, below in errors.items():
        if key == "_errors":
            yield _part(path[1:] if path[:1] == ("data",) else path, below)
        elif isinstance(below, Mapping) and len(path) < _DEEPEST and (step := _step(key)) is not None:
            yield from _walk(below, (*path, step))


def _listed(body: Mapping[Any, Any]) -> Iterator[RefusedPart]:
    """What a webhook answers where only the numbers of the embeds are said."""
    embeds = body.get("embeds")
    for number in embeds if isinstance(embeds, list) else ():
        if isinstance(step := _step(number), int):
            yield RefusedPart(("embeds", step))


def _step(key: object) -> str | int | None:
    if not isinstance(key, str):
        return None
    return int(key) if _INDEX.fullmatch(key) else key if _KEY.fullmatch(key) else None


def _part(path: Path, listed: object) -> RefusedPart:
    errors = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    codes = [code for each in errors if isinstance(code := each.get("code"), str) and _CODE.fullmatch(code)]
    limits = [found[1] for each in errors if (found := _AT_MOST.search(str(each.get("message"))))]
    return RefusedPart(path, codes[0] if codes else "", int(limits[0]) if limits else None)
