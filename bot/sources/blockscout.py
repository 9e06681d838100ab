"""Any Blockscout's REST API, version 2, as a source: what an address holds on one EVM chain, and who holds a contract.

The hosted API has one base URL for each chain and one limit for each key. Each source here has a bucket of its own:
where several share a key, the sum of their `requests_per_second` must stay below the limit of its plan.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from http import HTTPStatus
from operator import attrgetter
from typing import Any, TypeVar

import aiohttp
from pydantic import BaseModel

from bot.config.source_tables import BlockscoutTable, key_variable
from bot.errors import NotFoundError, RefusedError, UnavailableError
from bot.holdings import Account, Collection, Holding, Nft
from bot.messages import Message, Words
from bot.sources.advice import IN_A_MINUTE, LATER
from bot.sources.askers import Askers
from bot.sources.blockscout_version import KnownApi, fetch_version
from bot.sources.blockscout_wire import (
    WireHolder,
    WireHolding,
    WireNft,
    WireRedirect,
    WireToken,
    added_up,
    points_at,
    read_page,
)
from bot.sources.health import Health
from bot.sources.http import Answer, JsonClient
from bot.sources.pace import Pace
from bot.sources.paging import RawPage, Scan, iter_keyed_scan
from bot.sources.source import Abilities, Holder
from bot.sources.status_errors import UnconfirmedError
from bot.sources.wire import ADDRESS, not_understood, read_one

_CHAINS = {1: "Ethereum", 10: "Optimism", 100: "Gnosis", 137: "Polygon", 8453: "Base", 42161: "Arbitrum"}
_NFT_TYPES = "ERC-721,ERC-1155,ERC-404"
_CURRENCIES = ("ERC20", "ERC7984")

# The parameters that carry the address in question (OpenAPI file); an error points at the one that it is about.
_SUBJECTS = ("/address_hash_param", "/holder_address_hash")

W = TypeVar("W", bound=BaseModel)
V = TypeVar("V")

_A_CURRENCY = Message("{contract} is a currency on {label}, not a collection of NFTs.")
_ADDRESS_REFUSED = Message("{label} does not accept this address.")
_REQUEST_REFUSED = Message("{label} did not accept the request.")
_NOTHING_THERE = Message("{label} has nothing at that address (HTTP 404): this bot's operator must check the base URL.")
_FAULT = Message("{label} has an internal error (HTTP {status}).")
_KEY_REFUSED = Message("{label} refuses this bot's API key (HTTP {status}): its operator must check {variable}.")
_KEY_MISSING = Message(
    "{label} requires an API key (HTTP {status}) and this bot has none: its operator must set {variable}."
)
_NO_COLLECTION = Message("{label} knows no collection {contract}.")
_NO_NAME = Message("{label} knows no address for the name {name}.")


class _MissingError(NotFoundError):
    """HTTP 404 in the API's own form. The caller decides what is missing: a contract, or the whole endpoint."""


class _NeverSeenError(_MissingError, UnconfirmedError):
    """HTTP 404 in the words of servers before 2025 for an address that they have never seen."""


class _NotAcceptedError(NotFoundError):
    """The API refuses the request, not the address in it: retrying does not help, and nothing follows from it."""


class BlockscoutSource:
    """Answers about the addresses and NFT contracts of one chain.

    Every `fetch_x` and `iter_x` raises `SourceError` when the API gives no usable answer, and `NotFoundError` when it
    says that there is no such thing. An address that the chain has never seen holds nothing: that is a valid answer.

    Args:
        session: Opened and closed by the caller.
        settings: The URL of the API, and its chain.
        name: As configured; the key's environment variable is named after it.
    """

    def __init__(self, session: aiohttp.ClientSession, settings: BlockscoutTable, *, name: str) -> None:
        chain = _CHAINS.get(settings.chain_id, f"chain {settings.chain_id}")
        key = settings.api_key
        self.name = name
        self.label = settings.label or f"{chain} (Blockscout)"
        self.abilities = Abilities(is_live=settings.live)
        self.network = f"eip155:{settings.chain_id}"
        self._has_key = bool(key)
        self._api = KnownApi()
        self._client = JsonClient(
            session,
            name=self.label,
            base_url=settings.base_url,
            # Unless this header is sent, some servers leave out what they consider scam, and still report a complete
            # list. The key is sent in a header, so that it is in no URL.
            headers={"Accept": "application/json", "show-scam-tokens": "true"}
            | ({"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}),
            pace=Pace(settings.requests_per_second),
            timeout=settings.timeout,
            check_answer=self._check_answer,
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
        """The collections an address holds, with kinds (`GET /addresses/{address}/nft/collections`).

        The API cannot filter by contract, so everything is read for a single one, too: a row that cannot be understood
        may be the one.
        """
        path = f"/addresses/{self._checked(account.account_id)}/nft/collections"
        to_value = partial(WireHolding.to_holding, network=self.network)
        async for scan in self._iter_rows(path, {"type": _NFT_TYPES}, askers, WireHolding, to_value, _collection_id):
            # Filtered only after the whole list was checked: an empty rest of a page must not look like a repeated
            # page.
            yield scan.with_rows(row for row in scan.rows if contract in (None, _collection_id(row)))

    async def iter_nfts(self, account: Account, collection: Collection, askers: Askers) -> AsyncIterator[Scan[Nft]]:
        """The address's NFTs of one contract, with copies (`GET /tokens/{contract}/instances`).

        With a holder this list has `value`, as Blockscout renders it like `/addresses/{address}/nft`, which would have
        to be read through all other contracts. Where `value` is null, the number is unknown: the row is unreadable.
        """
        contract = self._checked(collection.collection_id)
        own = {"holder_address_hash": self._checked(account.account_id)}
        path, missing = f"/tokens/{contract}/instances", self._unknown(contract)
        rows = self._iter_rows(path, own, askers, WireNft, WireNft.to_nft, attrgetter("key"), missing)
        async for scan in rows:
            yield scan

    async def iter_holders(self, collection_id: str, askers: Askers) -> AsyncIterator[Scan[Holder]]:
        """Who holds a contract, and at least how many units (`GET /tokens/{contract}/holders`).

        An ERC-1155 has a row for each holder and kind; they are added up. The list is keyed by value and address
        alone, so some rows of a holder that have the same value are lost at the end of a page: there may be more
        copies than reported, but no holder is left out.
        """
        contract = self._checked(collection_id)
        parts = self._iter_rows(
            f"/tokens/{contract}/holders",
            {},
            askers,
            WireHolder,
            WireHolder.to_part,
            attrgetter("key"),
            self._unknown(contract),
        )
        async for scan in parts:
            yield scan.with_rows(added_up(self.network, scan.rows))

    async def fetch_collection(self, collection_id: str, askers: Askers) -> Collection:
        """One contract, independent of who holds it (`GET /tokens/{contract}`)."""
        contract = self._checked(collection_id)
        body = await self._get(f"/tokens/{contract}", {}, askers, missing=self._unknown(contract))
        found = read_one(WireToken, body, self.label).to_collection(self.network)
        if found.collection_id != contract:
            raise not_understood(self.label)
        if found.nft_type in _CURRENCIES:
            raise NotFoundError(_A_CURRENCY, contract=_short(contract), label=self.label)
        return found

    async def fetch_owner(self, account: Account, askers: Askers) -> str:  # noqa: ARG002 - nobody is asked
        """The account's own address: on a chain they are the same."""
        return self._checked(account.account_id)

    async def fetch_account(self, owner: str, askers: Askers) -> Account:  # noqa: ARG002 - nobody is asked
        """The account of an address: the same address, whether or not the chain has seen it."""
        return Account(self.network, self._checked(owner))

    async def fetch_version(self, askers: Askers) -> str:
        """The version of the server, or "" (`GET /config/backend-version`)."""
        return await fetch_version(partial(self._client.fetch, askers=askers, is_probe=True))

    async def resolve_name(self, name: str, askers: Askers) -> str:
        """The address that a name resolves to, lower case (`GET /search/check-redirect`).

        That search also finds contracts by the name of their token, and anyone may name a token "vitalik.eth". So an
        address that belongs to a token is not accepted.
        """
        missing = _NO_NAME(label=self.label, name=name)
        found = read_one(WireRedirect, await self._get("/search/check-redirect", {"q": name}, askers), self.label)
        if not found.redirect or found.type != "address":
            raise NotFoundError(missing)
        address = (found.parameter or "").lower()
        if not ADDRESS.fullmatch(address):
            raise not_understood(self.label)
        try:
            await self._get(f"/tokens/{address}", {}, askers, missing=missing)
        except NotFoundError:
            return address
        raise NotFoundError(missing)

    async def _iter_rows(
        self,
        path: str,
        own: Mapping[str, str],
        askers: Askers,
        model: type[W],
        to_value: Callable[[W], V],
        key: Callable[[V], str],
        missing: Words | None = None,
    ) -> AsyncIterator[Scan[V]]:
        async def fetch_page(cursor: Mapping[str, str]) -> tuple[RawPage[V], Mapping[str, str] | None]:
            # The first page proved that the list exists: a 404 for a later page does not mean that there is none.
            try:
                body = await self._get(path, {**own, **cursor}, askers, missing=None if cursor else missing)
            except _NeverSeenError as error:
                if not cursor and await self._api.is_never_seen(path, partial(self._get, askers=askers)):
                    raise
                raise self._client.reject(UnavailableError(error.words)) from error
            self._api.listed(path, body)
            return read_page(body, model, to_value, self.label)

        try:
            async for scan in iter_keyed_scan(fetch_page, key):
                yield scan
        except _NeverSeenError:
            yield Scan(finished=True, never_seen=True)

    async def _get(self, path: str, params: Mapping[str, str], askers: Askers, *, missing: Words | None = None) -> Any:
        """The body; `missing` is the sentence for "there is no such thing" where that can be the answer."""
        try:
            return (await self._client.fetch(path, params, askers, about=_subjects(path, params))).body
        except _MissingError as error:
            if isinstance(error, _NeverSeenError):
                raise
            if missing:
                raise NotFoundError(missing) from error
            raise UnavailableError(error.words) from error
        except _NotAcceptedError as error:
            raise UnavailableError(error.words, advice=LATER) from error

    def _check_answer(self, answer: Answer) -> None:
        """Raise what a status means; the bodies have no codes."""
        status, body = answer.status, answer.body
        if status == HTTPStatus.NOT_FOUND and body == {"message": "Not found"} and "/addresses/" in answer.path:
            raise _NeverSeenError(_NOTHING_THERE, label=self.label)
        if status < HTTPStatus.BAD_REQUEST:
            return
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise RefusedError(self._refusal(status))
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            if points_at(body, _SUBJECTS):
                raise NotFoundError(_ADDRESS_REFUSED, label=self.label)
            raise _NotAcceptedError(_REQUEST_REFUSED, label=self.label)
        if status == HTTPStatus.NOT_FOUND and isinstance(body, dict) and isinstance(body.get("message"), str):
            raise _MissingError(_NOTHING_THERE, label=self.label)
        raise UnavailableError(_FAULT, label=self.label, status=status, advice=IN_A_MINUTE)

    def _refusal(self, status: int) -> Words:
        message = _KEY_REFUSED if self._has_key else _KEY_MISSING
        return message(label=self.label, status=status, variable=key_variable(self.name))

    def _checked(self, address: str) -> str:
        """An address in lower case, so that nothing else gets into a path.

        Raises:
            NotFoundError: it is not an address.
        """
        if not ADDRESS.fullmatch(address.lower()):
            raise NotFoundError(_ADDRESS_REFUSED, label=self.label)
        return address.lower()

    def _unknown(self, contract: str) -> Words:
        return _NO_COLLECTION(label=self.label, contract=_short(contract))


def _subjects(path: str, params: Mapping[str, str]) -> frozenset[str]:
    """The addresses in a request, and a name; not the key of a page, which names other contracts."""
    named = (params.get(name) for name in ("holder_address_hash", "q"))
    return frozenset(ADDRESS.findall(path)).union(each for each in named if each)


def _short(address: str) -> str:
    return f"{address[:6]}…{address[-4:]}"


def _collection_id(holding: Holding) -> str:
    return holding.collection.collection_id
