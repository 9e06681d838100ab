"""`/_sandbox/*`: the routes that add faults, read the traffic, change who holds what, and reset everything."""

from __future__ import annotations

import pickle
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

from sandbox.app_keys import BLOCKSCOUT, BOT, DISCORD, FAULTS, NODES, RECEIVER, TIME, TRAFFIC, WALLET_EXTENSION, WORLD
from sandbox.chains import ETHEREUM
from sandbox.control_requests import PREFIX, ConflictError, json_body, json_route, whole_number
from sandbox.deployments import generate_contracts
from sandbox.faults import check_service
from sandbox.fixtures import ensure_account, mint_collections
from sandbox.population import populate
from sandbox.signers import key_seed_of, signers_json
from sandbox.signing import address_of, sign, signed_digest
from sandbox.trades import LOOPRING, collections_json, holdings_json, trade
from sandbox.withdrawals import withdraw

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.control_requests import Json
    from sandbox.world import World

MOST_COLLECTIONS = 5000
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


class ControlApi:
    """The routes over one application, and the state that a reset restores: the world as it is now."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        # Pickled: a fifth of a second for a deep copy would be what the tests spend most of their time with.
        self._initial_world = pickle.dumps(app[WORLD], pickle.HIGHEST_PROTOCOL)

    def add_routes(self) -> None:
        """Add everything below `/_sandbox`; answers are JSON, refusals `{error: sentence}`."""
        for method, path, route in (
            ("POST", "reset", self._reset),
            ("POST", "seed", self._seed),
            ("GET", "faults", self._get_faults),
            ("POST", "faults", self._add_fault),
            ("DELETE", "faults", self._clear_faults),  # all, or that of a name: ?name=blank
            ("GET", "latency", self._get_latency),
            ("POST", "latency", self._set_latency),
            ("GET", "clock", self._get_clock),
            ("POST", "clock", self._move_clock),
            ("POST", "accounts", self._give_collections),
            ("POST", "contracts", self._give_contracts),
            ("POST", "withdraw", self._withdraw),
            ("GET", "holdings", self._holdings),
            ("POST", "trade", self._trade),
            ("POST", "reputation", self._reputation),
            ("POST", "blockscout", self._blockscout),
            ("GET", "ethereum", self._get_ethereum),
            ("POST", "ethereum", self._set_ethereum),
            ("GET", "wallets", self._wallets),
            ("POST", "sign", self._sign),
            ("GET", "wallet_calls", self._wallet_calls),
            ("GET", "traffic", self._traffic),
            ("GET", "requests", self._requests),
            ("GET", "bot", self._bot),
            ("POST", "bot/restart", self._restart),
            ("GET", "log", self._log),
        ):
            self._app.router.add_route(method, f"{PREFIX}/{path}", json_route(route))

    def _copy_of_initial_world(self) -> World:
        world: World = pickle.loads(self._initial_world)  # noqa: S301 - our own bytes
        return world

    async def _reset(self, _request: web.Request) -> Json:
        self._app[WORLD].replace_with(self._copy_of_initial_world())
        self._app[FAULTS].clear()
        self._end_waiting()
        self._app[TRAFFIC].clear()
        self._app[BLOCKSCOUT].reset()
        self._app[NODES].reset()
        self._app[WALLET_EXTENSION].calls.clear()
        self._app[DISCORD].reset()
        self._app[RECEIVER].reset()
        return {}

    async def _seed(self, request: web.Request) -> Json:
        seed = whole_number(await json_body(request), "seed")
        world = self._app[WORLD]
        world.replace_with(self._copy_of_initial_world())
        populate(world, seed)
        self._app[DISCORD].refresh_guilds()
        return {
            "users": len(world.users),
            "accounts": len(world.accounts),
            "collections": len(world.collections),
        }

    async def _get_faults(self, _request: web.Request) -> list[Json]:
        return [fault.json() for fault in self._app[FAULTS].all]

    async def _add_fault(self, request: web.Request) -> Json:
        return self._app[FAULTS].add(await json_body(request)).json()

    async def _clear_faults(self, request: web.Request) -> Json:
        if "name" in request.query:
            self._app[FAULTS].remove(request.query["name"])
        else:
            self._app[FAULTS].clear()
            self._end_waiting()
        return {}

    def _end_waiting(self) -> None:
        """The bot tries again what failed; one that has not connected yet has met no fault, and SIGHUP would end it."""
        process = self._app.get(BOT)
        if process is not None and self._app[DISCORD].connected():
            process.reload()

    async def _get_latency(self, _request: web.Request) -> Json:
        return dict(self._app[FAULTS].latency)

    async def _set_latency(self, request: web.Request) -> Json:
        fields = await json_body(request)
        self._app[FAULTS].set_latency(fields.get("service", ""), fields.get("seconds", 0))
        return dict(self._app[FAULTS].latency)

    async def _get_clock(self, _request: web.Request) -> Json:
        return self._app[TIME].json()

    async def _move_clock(self, request: web.Request) -> Json:
        """Let `hours` pass; a reset leaves the time as it is, since a bot has stored dates of it."""
        self._app[TIME].move(await json_body(request))
        return self._app[TIME].json()

    async def _give_collections(self, request: web.Request) -> Json:
        fields = await json_body(request)
        number = whole_number(fields, "collections")
        if number > MOST_COLLECTIONS:
            raise ValueError(f"collections is {MOST_COLLECTIONS} at most")
        kinds = None if fields.get("kinds") is None else max(1, whole_number(fields, "kinds"))
        world = self._app[WORLD]
        account = ensure_account(world, whole_number(fields, "account"))
        mint_collections(world, account, number, kinds)
        return {"account": account.account_id, "owner": account.owner, "collections": len(account.holdings)}

    async def _give_contracts(self, request: web.Request) -> Json:
        fields = await json_body(request)
        address, number = str(fields.get("address", "")), whole_number(fields, "contracts")
        chain = self._app[WORLD].chains.get(whole_number(fields, "chain", ETHEREUM))
        if chain is None:
            raise ValueError("there is no such chain")
        if not _ADDRESS.fullmatch(address):
            raise ValueError("address is 0x and 40 hex digits")
        if number > MOST_COLLECTIONS:
            raise ValueError(f"contracts is {MOST_COLLECTIONS} at most")
        generate_contracts(chain, address, number)
        return {"address": address, "chain": chain.chain_id, "contracts": len(chain.held_by(address))}

    async def _withdraw(self, request: web.Request) -> Json:
        fields = await json_body(request)
        copies = None if fields.get("copies") is None else whole_number(fields, "copies")
        nft = None if fields.get("nft") is None else str(fields["nft"])
        account, collection = whole_number(fields, "account"), whole_number(fields, "collection")
        moved = withdraw(self._app[WORLD], account, collection, nft, copies)
        # as text: a token id has up to 78 digits
        return {**asdict(moved), "token_id": str(moved.token_id), "sentence": moved.sentence()}

    async def _holdings(self, request: web.Request) -> Json:
        """What somebody (`user`) holds, and what can be bought."""
        world = self._app[WORLD]
        return {
            "places": holdings_json(world, whole_number(request.query, "user")),
            "collections": collections_json(world),
        }

    async def _trade(self, request: web.Request) -> Json:
        """NFTs go `from` somebody (null: they are bought) `to` somebody (null: they are sold); see `trades.trade`."""
        fields = await json_body(request)
        giver, taker, nft = (None if fields.get(key) is None else str(fields[key]) for key in ("from", "to", "nft"))
        copies = None if fields.get("copies") is None else whole_number(fields, "copies")
        network, collection = str(fields.get("network", LOOPRING)), str(fields.get("collection", ""))
        moved = trade(self._app[WORLD], network, giver, taker, collection, nft, copies)
        return {**asdict(moved), "sentence": moved.sentence()}

    async def _reputation(self, request: web.Request) -> Json:
        """The badge of a contract: `reputation` ok, or scam, which leaves it out of lists that do not ask for it."""
        fields = await json_body(request)
        chain = self._app[WORLD].chains.get(whole_number(fields, "chain", ETHEREUM))
        contract = chain.contracts.get(str(fields.get("contract", "")).lower()) if chain else None
        if contract is None or fields.get("reputation") not in ("ok", "scam"):
            raise ValueError("contract is the address of one, reputation is ok or scam")
        contract.reputation = fields["reputation"]
        return {}

    async def _blockscout(self, request: web.Request) -> Json:
        settings = self._app[BLOCKSCOUT].settings
        settings.change(await json_body(request))
        return asdict(settings)

    async def _get_ethereum(self, _request: web.Request) -> Json:
        return self._app[NODES].json()

    async def _set_ethereum(self, request: web.Request) -> Json:
        self._app[NODES].change(await json_body(request))
        return self._app[NODES].json()

    async def _wallets(self, _request: web.Request) -> list[dict[str, str]]:
        return signers_json(self._app[WORLD])

    async def _sign(self, request: web.Request) -> Json:
        """A text signed by the key of an account, or by the key behind an address, in one of `signing.STYLES`.

        With `on_chain` its wallet signs it by a transaction, as a Safe can, and the signature is empty.
        """
        fields, world = await json_body(request), self._app[WORLD]
        address = fields.get("address")
        if address is None:
            account = world.accounts.get(whole_number(fields, "account"))
            if account is None:
                raise ValueError("there is no such account")
            address = account.owner
        key_seed = key_seed_of(str(address), world)
        if key_seed is None:
            raise ValueError(f"nobody here has the key of {address}")
        text, style = fields.get("text"), fields.get("style", "personal")
        if not isinstance(text, str):
            raise ValueError("text is a string")  # noqa: TRY004 - one kind of error for the caller: 400
        wallet = world.wallets.get(str(address).lower())
        if fields.get("on_chain") and wallet is not None:
            wallet.signed_on_chain.add(signed_digest(text.encode(), str(style)))
            return {"address": wallet.address, "signature": "0x"}
        return {"address": address_of(key_seed), "signature": "0x" + sign(key_seed, text.encode(), str(style)).hex()}

    async def _wallet_calls(self, _request: web.Request) -> list[Json]:
        return self._app[WALLET_EXTENSION].calls

    async def _traffic(self, request: web.Request) -> Json:
        traffic = self._app[TRAFFIC]
        service = request.query.get("service") or None
        if service is not None:
            check_service(service)
        after = whole_number(request.query, "after", 0)
        limit = whole_number(request.query, "limit") if "limit" in request.query else None
        return {
            "last": traffic.last,
            "exchanges": [exchange.json() for exchange in traffic.exchanges(after, service, limit)],
        }

    async def _requests(self, _request: web.Request) -> Json:
        """How often each route was requested, by service; a fault that changed the response is counted, too."""
        return {service: dict(counts) for service, counts in self._app[TRAFFIC].requests.items()}

    async def _bot(self, _request: web.Request) -> Json:
        online = self._app[DISCORD].connected()
        process = self._app.get(BOT)
        if process is None:
            return {"online": online, "managed": False, "running": None, "pid": None, "starts": 0}
        return {"online": online, "managed": True, **process.json()}

    async def _restart(self, _request: web.Request) -> Json:
        process = self._app.get(BOT)
        if process is None:
            raise ConflictError("The sandbox did not start the bot, so it cannot restart it.")
        await process.restart()
        return process.json()

    async def _log(self, _request: web.Request) -> Json:
        process = self._app.get(BOT)
        return {"lines": list(process.lines) if process is not None else []}
