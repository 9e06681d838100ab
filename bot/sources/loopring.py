"""Loopring's v3 REST API as a source: what an account holds, grouped by collection.

Its hosted relayer went offline on 2026-06-28, so the API may answer, answer with a frozen state, or be gone; the base
URL is configurable, and every fault is a `SourceError`, never an empty list.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

import aiohttp

from bot.config.source_tables import LoopringTable, key_variable
from bot.errors import NotFoundError, RefusedError, TesseraError, UnavailableError
from bot.holdings import LOOPRING, Account, Collection, Holding, Nft
from bot.links import Counterfactual
from bot.messages import Message, Words
from bot.sources.advice import IN_A_MINUTE
from bot.sources.askers import Askers
from bot.sources.health import Health
from bot.sources.http import Answer, JsonClient
from bot.sources.loopring_wire import (
    NAME,
    WireAccount,
    WireCollection,
    WireCounterfactual,
    WireHolding,
    WireName,
    WireNft,
    not_understood,
    read_one,
    read_page,
)
from bot.sources.pace import REAL_CLOCK, Clock, Pace
from bot.sources.paging import RawPage, Scan, iter_scan
from bot.sources.source import Abilities
from bot.sources.wire import ADDRESS, whole_number

_COUNTERFACTUAL = "/api/v3/counterFactualInfo"
_NO_ACCOUNT = Message("Loopring has no such account: check the number, address or name.")
_NO_ACCOUNT_OF = Message("Loopring has no account for {start}…{end}.")
_NO_SUCH_THING = Message("Loopring knows no such NFT or collection.")
_NO_COLLECTION = Message("Loopring knows no collection {collection}.")
_NO_ADDRESS = Message("The name {name} has no address.")
_NO_KEY = Message("Loopring requires an API key and this bot has none: its operator must set {key}.")
_BAD_KEY = Message("Loopring refuses this bot's API key: its operator must check {key}.")
_FAULT = Message("Loopring has an internal error.")
_NOT_ACCEPTED = Message("Loopring did not accept the request. This bot's operator should look for a newer Tessera.")


class _InvalidArgumentError(NotFoundError):
    """An argument that cannot exist: "not found" where the caller asked for it, otherwise a wrong request."""


# The parameters that name what a request is about, and what each names.
_SUBJECTS = {
    "accountId": "account",
    "owner": "address",
    "address": "address",
    "id": "collection",
    "collectionId": "collection",
    "fullName": "name",
}

# resultInfo.code → what it means here. Source: Gitbook error-codes.md, and codes seen in recorded bodies.
# A code that is not listed is a fault: unknown is not "no such account", and not zero.
_ERRORS: Mapping[int | None, tuple[type[TesseraError], Message]] = {
    100000: (UnavailableError, _FAULT),
    100001: (_InvalidArgumentError, _NOT_ACCEPTED),  # such as "Invalid owner:0x1234"
    100002: (UnavailableError, _FAULT),
    101001: (NotFoundError, _NO_ACCOUNT),
    101002: (NotFoundError, _NO_ACCOUNT),
    102003: (NotFoundError, _NO_ACCOUNT),
    104001: (RefusedError, _NO_KEY),
    104002: (RefusedError, _BAD_KEY),
    104003: (NotFoundError, _NO_ACCOUNT),
    104007: (NotFoundError, _NO_ACCOUNT),
    104208: (UnavailableError, _FAULT),
    104209: (UnavailableError, _FAULT),
    108002: (NotFoundError, _NO_SUCH_THING),
}


class LoopringSource:
    """Answers about Loopring accounts and collections, names and wallets.

    Every `fetch_x` and `iter_x` raises `SourceError` when the API gives no usable answer, and `NotFoundError` when it
    says that there is no such thing. It cannot list holders: that would take one request for each NFT of a collection.
    """

    network = LOOPRING

    def __init__(
        self,
        session: aiohttp.ClientSession,
        settings: LoopringTable,
        *,
        name: str = LOOPRING,
        label: str = "",
        clock: Clock = REAL_CLOCK,
    ) -> None:
        self.name = name
        self.label = label or NAME
        self.abilities = Abilities(is_live=settings.live)
        key = settings.api_key
        self._client = JsonClient(
            session,
            name=NAME,
            base_url=settings.base_url,
            headers={"Accept": "application/json"} | ({"X-API-KEY": key.get_secret_value()} if key else {}),
            pace=Pace(settings.requests_per_second),
            timeout=settings.timeout,
            check_answer=partial(_check_answer, key=key_variable(name)),
            clock=clock,
        )
        self.end_pauses = self._client.end_pauses

    @property
    def health(self) -> Health:
        """When the API last answered, and how it last failed."""
        return self._client.health

    async def close(self) -> None:
        """Stop the requests that are under way."""
        await self._client.close()

    async def iter_holdings(
        self, account: Account, contract: str | None, askers: Askers
    ) -> AsyncIterator[Scan[Holding]]:
        """The account's collections with counts, growing page by page (`GET /api/v3/user/collection/details`)."""
        params = {"accountId": account.account_id, "nonZero": "true"}
        if contract:
            params["tokenAddress"] = contract

        async def fetch_page(offset: int, limit: int) -> RawPage[Holding]:
            answer = await self._get("/api/v3/user/collection/details", params | _page(offset, limit), askers)
            return read_page(answer, "collections", WireHolding, WireHolding.to_holding)

        async for scan in iter_scan(fetch_page, key=lambda holding: holding.collection.collection_id):
            yield scan

    async def iter_nfts(self, account: Account, collection: Collection, askers: Askers) -> AsyncIterator[Scan[Nft]]:
        """The account's NFTs of one collection, with copies (`GET /api/v3/user/nft/collection/balances`)."""
        params = {
            "accountId": account.account_id,
            "collectionId": collection.collection_id,
            "metadata": "true",
            "nonZero": "true",
        }
        if collection.contract_address:
            params["tokenAddress"] = collection.contract_address

        async def fetch_page(offset: int, limit: int) -> RawPage[Nft]:
            answer = await self._get("/api/v3/user/nft/collection/balances", params | _page(offset, limit), askers)
            return read_page(answer, "data", WireNft, WireNft.to_nft)

        async for scan in iter_scan(fetch_page, key=lambda nft: nft.key):
            yield scan

    async def fetch_collection(self, collection_id: str, askers: Askers) -> Collection:
        """One collection, independent of who holds it (`GET /api/v3/nft/public/collection`)."""
        missing = _NO_COLLECTION(collection=collection_id)
        body = await self._get("/api/v3/nft/public/collection", {"id": collection_id}, askers, missing=missing)
        found = read_one(WireCollection, body).to_collection()
        if found.collection_id != collection_id:
            raise not_understood()
        return found

    async def fetch_owner(self, account: Account, askers: Askers) -> str:
        """The address that owns an account, lower case (`GET /api/v3/account?accountId=`)."""
        body = await self._get("/api/v3/account", {"accountId": account.account_id}, askers)
        found = read_one(WireAccount, body)
        if str(found.account_id) != account.account_id:
            raise not_understood()
        return found.owner

    async def fetch_account(self, owner: str, askers: Askers) -> Account:
        """The account of an address (`GET /api/v3/account?owner=`)."""
        missing = _NO_ACCOUNT_OF(start=owner[:6], end=owner[-4:])
        body = await self._get("/api/v3/account", {"owner": owner}, askers, missing=missing)
        found = read_one(WireAccount, body)
        if found.owner != owner:
            raise not_understood()
        return Account(LOOPRING, str(found.account_id))

    async def resolve_name(self, name: str, askers: Askers) -> str:
        """The address that an ENS name resolves to, lower case (`GET /api/wallet/v3/resolveEns`)."""
        missing = _NO_ADDRESS(name=name)
        body = await self._get("/api/wallet/v3/resolveEns", {"fullName": name}, askers, missing=missing)
        address = (read_one(WireName, body).data or "").lower()
        if not address:
            raise NotFoundError(missing)
        if not ADDRESS.fullmatch(address):
            raise not_understood()
        return address

    async def fetch_name(self, owner: str, askers: Askers) -> str:
        """The Loopring name of an address, or ""; upstream text (`GET /api/wallet/v3/resolveName`)."""
        body = await self._get("/api/wallet/v3/resolveName", {"owner": owner}, askers)
        return read_one(WireName, body).data or ""

    async def fetch_counterfactual(self, wallet: str, askers: Askers) -> Counterfactual | None:
        """How the address of a wallet that is not deployed is computed (`GET /api/v3/counterFactualInfo?address=`)."""
        try:
            params = {"address": wallet}
            answer = await self._client.fetch(_COUNTERFACTUAL, params, askers, about=_subjects(params))
        except _InvalidArgumentError as error:
            raise UnavailableError(_NOT_ACCEPTED) from error
        except NotFoundError:  # `None.get` in all recorded cases
            return None
        found = read_one(WireCounterfactual, answer.body)
        if found.wallet != wallet:
            raise not_understood()
        return Counterfactual(found.wallet, found.factory, found.salt, found.owner)

    async def _get(self, path: str, params: Mapping[str, str], askers: Askers, *, missing: Words | None = None) -> Any:
        """The body; `missing` is the sentence for "there is no such thing" where that can be the answer."""
        try:
            return (await self._client.fetch(path, params, askers, about=_subjects(params))).body
        except NotFoundError as error:
            if missing:
                raise NotFoundError(missing) from error
            if isinstance(error, _InvalidArgumentError):
                raise UnavailableError(_NOT_ACCEPTED) from error
            raise


def _check_answer(answer: Answer, *, key: str) -> None:
    """Raise the error that `resultInfo` means; 0 is success, and success bodies of `/api/v3` have no `resultInfo`."""
    body = answer.body
    info = body.get("resultInfo") if isinstance(body, dict) else None
    # Old servers send {"code": …, "msg": …} at the top level.
    raw = (
        info.get("code")
        if isinstance(info, dict)
        else body.get("code")
        if isinstance(body, dict) and "msg" in body
        else None
    )
    if raw is None and answer.status < 400:  # noqa: PLR2004 - HTTP's error classes start here
        return
    code = whole_number(raw)
    if code == 0:
        return
    # This fault code with this message means "no such wallet" at this endpoint only; elsewhere it is retried.
    if answer.path == _COUNTERFACTUAL and isinstance(info, dict) and info.get("message") == "None.get":
        raise NotFoundError(_NO_ACCOUNT)
    kind, message = _ERRORS.get(code, (UnavailableError, _FAULT))
    if message is _FAULT:
        raise UnavailableError(_FAULT, advice=IN_A_MINUTE)
    raise kind(message(key=key) if "key" in message.places else message())


def _subjects(params: Mapping[str, str]) -> frozenset[str]:
    """The accounts, owners, collections and names in a request."""
    return frozenset(f"{kind} {params[name]}" for name, kind in _SUBJECTS.items() if name in params)


def _page(offset: int, limit: int) -> dict[str, str]:
    return {"offset": str(offset), "limit": str(limit)}
