"""Recorded bodies, served byte for byte in place of the world's.

The rule. A file `<endpoint>__<anything>.json` answers the endpoint whose path has `_` for `/`:
`user_collection_details__uat2_17608.json` answers `user/collection/details`. The account it is about is the number that
ends its name (an accountId, or for `nft_public_collection` an id); for a name without one the body says it: `accountId`
and `owner` of an account, `accountId` and `wallet` (asked for as `address`) of a counterfactual one, `accountId` and
`collectionInfo.id` of the first balance. Other files are ignored.

A recorded list is one page of an upstream that has lost the rest: it is served whatever the limit; any offset past its
start gets an empty page that still has the recorded `totalNum`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NUMBER = re.compile(r"_(\d+)$")
_LISTS = {"user_collection_details": "collections", "user_nft_collection_balances": "data"}
_ENDPOINTS = {*_LISTS, "account", "counterFactualInfo", "nft_public_collection"}


@dataclass(frozen=True)
class Recording:
    """One recorded body, the parameters that a query needs to get it, and what there is past its only page."""

    endpoint: str
    parameters: Mapping[str, str]
    body: bytes
    past_the_end: bytes | None

    def answers(self, query: Mapping[str, str]) -> bool:
        """Whether a query is the one that was recorded: everything both name agrees, and that is something."""
        shared = [name for name in self.parameters if name in query]
        return bool(shared) and all(self.parameters[name] == query[name].lower() for name in shared)


class Recordings:
    """The recorded bodies of a folder; without a folder there are none."""

    def __init__(self, folder: Path | None = None) -> None:
        files = sorted(folder.glob("*__*.json")) if folder else []
        found = (_read(path.stem, path.read_bytes()) for path in files)
        self._recordings = [recording for recording in found if recording is not None]

    def find(self, endpoint: str, query: Mapping[str, str]) -> bytes | None:
        """The body recorded for a query to an endpoint (its path with `_` for `/`), or None."""
        for recording in self._recordings:
            if recording.endpoint == endpoint and recording.answers(query):
                later = recording.past_the_end is not None and query.get("offset", "0") != "0"
                return recording.past_the_end if later else recording.body
        return None


def _read(name: str, body: bytes) -> Recording | None:
    endpoint, _, rest = name.partition("__")
    if endpoint not in _ENDPOINTS:
        return None
    content: dict[str, Any] = orjson.loads(body)
    rows = _LISTS.get(endpoint)
    past = None
    if rows is not None:
        past = orjson.dumps({**content, rows: []})
    return Recording(endpoint, _parameters(endpoint, rest, content), body, past)


def _parameters(endpoint: str, rest: str, content: dict[str, Any]) -> dict[str, str]:
    number = _NUMBER.search(f"_{rest}")
    if endpoint == "nft_public_collection":
        return {"id": number[1] if number else str(content["id"])}
    if endpoint == "account":
        return {"accountId": str(content["accountId"]), "owner": content["owner"].lower()}
    if endpoint == "counterFactualInfo":
        return {"accountId": str(content["accountId"]), "address": content["wallet"].lower()}
    parameters = {"accountId": number[1]} if number else {}
    if endpoint == "user_nft_collection_balances" and content["data"]:
        first = content["data"][0]
        parameters.setdefault("accountId", str(first["accountId"]))
        parameters["collectionId"] = str(first["collectionInfo"]["id"])
    return parameters
