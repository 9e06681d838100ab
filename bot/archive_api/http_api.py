"""Serves an archive over Loopring's v3 API.

It answers `account`, `user/collection/details`, `user/nft/collection/balances` and `nft/public/collection`. For an
account that is not in the archive the answer is a fault (100000), as nothing is known about it; only if the operator
says that the archive covers the whole network, such an account does not exist (104007, 101002).
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence

import orjson
from aiohttp import web

from bot.archive.lines import AccountRecord
from bot.archive.reader import Archive
from bot.archive_api.loopring_json import Json, account_json, collection_json, page_json
from bot.archive_api.nft_json import balances_json
from bot.config.listen_fault import LISTEN_ERRORS, WRONG_HOST, listen_fault
from bot.errors import ConfigError, UnavailableError
from bot.holdings import LOOPRING, Holding, NftList
from bot.messages import Message

_OTHER_NETWORK = Message("{path}: contains accounts of {network}; only those of {loopring} can be served.")
_PORT_IN_USE = Message("{host}:{port} is in use already. Choose another --port.")
_CANNOT_LISTEN = Message("{host}:{port} cannot be listened on: {reason}. Choose another --port.")

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_DEFAULT_LIMIT = 20  # documented for the sibling endpoints
_MAX_LIMIT = 50
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_OFFSET = re.compile(r"[0-9]{1,9}")
_ADDRESS = re.compile(r"0x[0-9a-f]{40}")
KEY_VARIABLE = "ARCHIVE_API_KEY"

_Endpoint = Callable[[Mapping[str, str]], Json]


class _RefusedError(Exception):
    """An error in the form of Loopring's `resultInfo`, with HTTP 400."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def make_app(archive: Archive, *, key: str, covers_all: bool = False) -> web.Application:
    """The API over an archive.

    Args:
        archive: Of Loopring's network.
        key: Required in `X-API-KEY` where Loopring requires one; "": not required.
        covers_all: An account that is not in the archive does not exist.

    Raises:
        ConfigError: an archive of another network, which this API cannot express.
    """
    if archive.header.network != LOOPRING:
        raise ConfigError(_OTHER_NETWORK, path=archive.path, network=archive.header.network, loopring=LOOPRING)
    endpoints = _Endpoints(archive, covers_all=covers_all)
    app = web.Application(client_max_size=1024)
    app.router.add_get("/api/v3/user/collection/details", _respond_with(endpoints.details, key))
    app.router.add_get("/api/v3/user/nft/collection/balances", _respond_with(endpoints.balances, key))
    app.router.add_get("/api/v3/account", _respond_with(endpoints.account, ""))
    app.router.add_get("/api/v3/nft/public/collection", _respond_with(endpoints.collection, ""))
    return app


async def start_serving(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Serve until the runner that is returned is cleaned up; port 0 takes any that is free.

    Raises:
        ConfigError: the address is in use or not ours, or is none.
    """
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except LISTEN_ERRORS as error:
        await runner.cleanup()
        fault = listen_fault(error)
        if fault.is_in_use:
            raise ConfigError(_PORT_IN_USE, host=host, port=port) from error
        if fault.is_of_host:
            raise ConfigError(WRONG_HOST, setting="--host", host=host, reason=fault.reason) from error
        raise ConfigError(_CANNOT_LISTEN, host=host, port=port, reason=fault.reason) from error
    return runner


def url_of(address: Sequence[object]) -> str:
    """The URL of an address that is listened on: host, port, and for IPv6 more."""
    host, port = address[:2]
    return f"http://[{host}]:{port}" if ":" in str(host) else f"http://{host}:{port}"


def _respond_with(endpoint: _Endpoint, key: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        status = 200
        try:
            _check_key(request.headers.get("X-API-KEY", ""), key)
            body = await asyncio.to_thread(lambda: orjson.dumps(endpoint(request.query)))
        except _RefusedError as refusal:
            status, body = 400, orjson.dumps({"resultInfo": {"code": refusal.code, "message": refusal.message}})
        except UnavailableError as error:
            status, body = 500, orjson.dumps({"resultInfo": {"code": 100000, "message": error.sentence}})
        return web.Response(status=status, body=body, content_type="application/json", headers=_HEADERS)

    return answer


def _page_of(query: Mapping[str, str]) -> tuple[int, int]:
    """The offset, and how many rows from there on."""
    offset = int(text) if _OFFSET.fullmatch(text := query.get("offset", "")) else 0
    limit = int(text) if _OFFSET.fullmatch(text := query.get("limit", "")) else 0
    return offset, min(limit or _DEFAULT_LIMIT, _MAX_LIMIT)


def _check_key(given: str, key: str) -> None:
    if key and not given:
        raise _RefusedError(104001, "Empty ApiKey")
    if key and not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), key.encode()):
        raise _RefusedError(104002, "Invalid ApiKey")


class _Endpoints:
    """The answers: each method returns JSON for a query, on any thread."""

    def __init__(self, archive: Archive, *, covers_all: bool) -> None:
        self._archive = archive
        self._covers_all = covers_all

    def details(self, query: Mapping[str, str]) -> Json:
        record = self._record(query.get("accountId", ""))
        contract = query.get("tokenAddress", "").lower()
        if contract and not _ADDRESS.fullmatch(contract):
            raise _RefusedError(100001, "Invalid tokenAddress")
        rows = [Holding(self._archive.collection(held.collection_id), held.kinds) for held in record.holdings]
        if query.get("nonZero", "").lower() == "true":
            rows = [row for row in rows if row.kinds]
        offset, limit = _page_of(query)
        return page_json(record, rows, contract=contract, offset=offset, limit=limit)

    def balances(self, query: Mapping[str, str]) -> Json:
        record = self._record(query.get("accountId", ""))
        collection = self._archive.find_collection(query.get("collectionId", ""))
        if collection is None:
            raise self._unknown(108002, "collection not found")
        contract = query.get("tokenAddress", "").lower()
        if contract and contract != collection.contract_address:
            raise _RefusedError(100001, "Invalid tokenAddress")
        held = next((each for each in record.holdings if each.collection_id == collection.collection_id), None)
        if held is None and not record.complete:
            raise _RefusedError(100000, "only a part of what this account had was recorded")
        nfts = held.nfts if held else NftList(complete=True, total=0)
        if nfts is None:
            raise _RefusedError(100000, "the single NFTs of this collection were not recorded")
        offset, limit = _page_of(query)
        return balances_json(record, collection, nfts, offset=offset, limit=limit)

    def account(self, query: Mapping[str, str]) -> Json:
        owner, account_id = query.get("owner", "").lower(), query.get("accountId", "")
        if owner:
            if not _ADDRESS.fullmatch(owner):
                raise _RefusedError(100001, "Invalid owner")
            found = self._archive.find_account_of(owner)
            if found is None:
                raise self._unknown(101002, "account not found")
            if not _NUMBER.fullmatch(found):  # an imported list of holders, which does not say it
                raise _RefusedError(100000, "the number of this account was not recorded")
            if account_id not in ("", found):
                raise _RefusedError(104007, "Invalid accountId")
            return account_json(found, owner)
        record = self._record(account_id)
        if not record.owner:
            raise _RefusedError(100000, "the owner of this account was not recorded")
        return account_json(record.account_id, record.owner)

    def collection(self, query: Mapping[str, str]) -> Json:
        found = self._archive.find_collection(query.get("id", ""))
        if found is None:
            raise self._unknown(108002, "collection not found")
        return collection_json(found)

    def _record(self, account_id: str) -> AccountRecord:
        if not _NUMBER.fullmatch(account_id):
            raise _RefusedError(104007, "Invalid accountId")
        record = self._archive.find_account(account_id)
        if record is None:
            raise self._unknown(104007, "Invalid accountId")
        return record

    def _unknown(self, code: int, message: str) -> _RefusedError:
        if self._covers_all:
            return _RefusedError(code, message)
        return _RefusedError(100000, f"not in this archive, recorded on {self._archive.header.recorded_at:%Y-%m-%d}")
