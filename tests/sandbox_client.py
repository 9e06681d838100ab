"""A running sandbox and what people do in it, over HTTP as the demo's page does."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.app import make_app
from sandbox.community import load_world
from sandbox.discord.interactions import Deadlines
from sandbox.world import API_KEY, BLOCKSCOUT_KEY, BOT_TOKEN, WEBHOOK_KEY
from tests.conformance.traffic import assert_valid, judges

# Discord's three seconds are bench's to measure; here they would make a busy machine a failing test.
PATIENT = Deadlines(first_response=60)
SECRETS = {
    "DISCORD_TOKEN": BOT_TOKEN,
    "LOOPRING_API_KEY": API_KEY,
    "ETHEREUM_API_KEY": BLOCKSCOUT_KEY,
    "WEBHOOK_KEY": WEBHOOK_KEY,
}


class Answer(dict[str, Any]):
    """What became of an interaction, as `/_client/interactions` reports it."""

    @property
    def message(self) -> dict[str, Any]:
        """The message that answers it."""
        assert self["message"], f"no message: {self['state']} {self['error']}"
        message: dict[str, Any] = self["message"]
        return message

    @property
    def embeds(self) -> list[dict[str, Any]]:
        """The embeds of the answer."""
        embeds: list[dict[str, Any]] = self.message["embeds"]
        return embeds

    @property
    def text(self) -> str:
        """All text of the answer, from top to bottom."""
        parts = [self.message["content"]]
        for embed in self.embeds:
            parts += [embed.get("title", ""), embed.get("description", "")]
            parts += [text for field in embed.get("fields", []) for text in (field["name"], field["value"])]
            parts.append(embed.get("footer", {}).get("text", ""))
        return "\n".join(part for part in parts if part)

    def is_settled(self) -> bool:
        """No more edits follow: the owner or the reason why it is missing is shown, and nothing is being read."""
        header = self.embeds[0].get("description", "")
        known = ("Owner", "Incomplete", "Your main account", "Shared by")
        return "still reading" not in header and any(words in header for words in known)

    def account_and_source(self) -> tuple[str, str]:
        """Whose collections these are, and who says so, as the header has it."""
        header = re.match(r"\*\*Account (.+?)\*\* · (.+), <t:\d+:R>\n", self.embeds[0]["description"])
        assert header, self.embeds[0]["description"]
        return header[1], header[2]

    def titles(self) -> list[str]:
        """The titles of the embeds below the header; of collections, which have none, their names."""
        return [embed.get("title") or name_on(embed) for embed in self.embeds[1:]]

    def tabs(self) -> dict[str, bool]:
        """The tabs, and whether each is the one that is shown; that one is refreshed by its button."""
        shown = {}
        for item in self.components():
            if ":tab:" in item.get("custom_id", ""):
                shown[item["label"]] = item["disabled"]
            elif "tessera-run:fresh" in item.get("custom_id", "") and item["label"] not in {"Refresh", "Start over"}:
                shown[item["label"]] = True
        return shown

    def components(self) -> list[dict[str, Any]]:
        """Buttons and menus."""
        return [item for row in self.message["components"] for item in row["components"]]

    def component(self, action: str) -> dict[str, Any]:
        """The button or menu for an action, such as "next"."""
        return next(item for item in self.components() if item.get("custom_id", "").endswith(f":{action}"))


def name_on(card: dict[str, Any]) -> str:
    """The name of the collection of a card."""
    named = re.match(r"\*{1,2}((?:\\.|[^\\*])+)\*{1,2} · ", card["description"])
    assert named, card["description"]
    return named[1]


def a_file(filename: str, text: str) -> dict[str, str]:
    """A file that somebody attaches to a command or a modal."""
    return {"filename": filename, "text": text}


@dataclass
class Person:
    """Somebody at a Discord client, in one channel."""

    sandbox: SandboxClient
    user: str
    guild: str | None  # None: in direct messages with the bot
    channel: str

    async def start(self, name: str, **options: Any) -> str:
        """Type a command; the id of the interaction."""
        body = {**self.place, "name": name, "options": options}
        started: str = (await self.sandbox.post("/_client/commands", body))["interaction"]
        return started

    async def run(self, name: str, **options: Any) -> Answer:
        """Type a command and wait for its answer; a file option takes what `a_file` makes."""
        return await self.sandbox.answer(await self.start(name, **options))

    async def use(self, name: str, *, user: str = "", message: str = "") -> Answer:
        """Use a command of the menu of a user or a message, and wait for its answer."""
        target = {"type": 2, "target": user} if user else {"type": 3, "target": message}
        started = await self.sandbox.post("/_client/commands", {**self.place, "name": name, **target})
        return await self.sandbox.answer(started["interaction"])

    async def press(self, answer: Answer, action: str, *values: str, wait: str = "answered") -> Answer:
        """Press a button, or choose from a menu, of an answer."""
        custom_id = answer.component(action)["custom_id"]
        body = {"user": self.user, "message": answer.message["id"], "custom_id": custom_id, "values": list(values)}
        return await self.sandbox.answer((await self.sandbox.post("/_client/components", body))["interaction"], wait)

    async def submit(self, answer: Answer, **values: Any) -> Answer:
        """Send the modal that an answer opened: texts, lists of chosen values, or files as `a_file` makes them."""
        body = {"user": self.user, "interaction": answer["id"], "values": values}
        return await self.sandbox.answer((await self.sandbox.post("/_client/modals", body))["interaction"])

    async def suggestions(self, name: str, focused: str, typed: str = "", **options: Any) -> list[str]:
        """The values that are suggested for an option while something is typed into it."""
        body = {**self.place, "name": name}
        asked = body | {"focused": focused, "options": options | {focused: typed}}
        return [choice["value"] for choice in (await self.sandbox.post("/_client/autocomplete", asked))["choices"]]

    async def send_handmade(
        self, kind: int, data: dict[str, Any], answer: Answer | None = None, **fields: Any
    ) -> Answer:
        """Send an interaction that no client would, about a message if one is given."""
        about = {"message": answer.message["id"]} if answer else {}
        body = {**self.place, "type": kind, "data": data, **about, **fields}
        return await self.sandbox.answer((await self.sandbox.post("/_client/handmade", body))["interaction"])

    @property
    def place(self) -> dict[str, Any]:
        """Who acts, and where."""
        return {"user": self.user, "guild": self.guild, "channel": self.channel}

    def in_direct_messages(self) -> Person:
        """The same person, in direct messages with the bot."""
        return replace(self, guild=None)

    async def leave(self) -> None:
        """Leave the server."""
        await self.sandbox.post("/_sandbox/members", {"action": "leave", "user": self.user, "guild": self.guild})

    async def join(self, joined_at: str = "") -> None:
        """Join the server again, now or as if at another time."""
        body = {"action": "join", "user": self.user, "guild": self.guild, "joined_at": joined_at}
        await self.sandbox.post("/_sandbox/members", body)

    async def roles(self) -> set[str]:
        """The names of the roles that this person has in the server, as Discord has them."""
        guild = (await self.sandbox.get("/_sandbox/discord"))["guilds"][self.guild]
        return {guild["roles"][role]["name"] for role in guild["members"].get(self.user, ())}

    async def direct_messages(self) -> list[dict[str, Any]]:
        """What the bot wrote to this person."""
        state = await self.sandbox.get("/_client/state", user=self.user)
        channels = [channel["id"] for channel in state["dms"]]
        read = [await self.sandbox.get("/_client/messages", user=self.user, channel=channel) for channel in channels]
        return [message for messages in read for message in messages]

    async def set_direct_messages(self, *, accepts: bool) -> None:
        """Change the setting whether members of one's servers may write."""
        await self.sandbox.post("/_client/dms", {"user": self.user, "accepts": accepts})

    async def messages(self) -> list[dict[str, Any]]:
        """What this person sees in the channel."""
        seen: list[dict[str, Any]] = await self.sandbox.get("/_client/messages", user=self.user, channel=self.channel)
        return seen


class SandboxClient:
    """The sandbox's HTTP side."""

    def __init__(self, session: aiohttp.ClientSession, url: str, app: web.Application) -> None:
        self.url = url
        self.app = app
        self._session = session
        self._checked: dict[str, int] = {}
        self._accounts = 0

    async def get(self, path: str, **query: Any) -> Any:
        """GET; the JSON body."""
        async with self._session.get(self.url + path, params=query) as response:
            body = await response.json()
            assert response.status < 400, body
            return body

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """POST; the JSON body."""
        async with self._session.post(self.url + path, json=body) as response:
            answer = await response.json()
            assert response.status < 400, answer
            return answer

    async def answer(self, interaction: str, wait: str = "answered", timeout: float = 60) -> Answer:  # noqa: ASYNC109 - the sandbox waits, not this client
        """The answer to an interaction, once it is answered, acknowledged or has failed; after `timeout` as it is."""
        return Answer(await self.get(f"/_client/interactions/{interaction}", wait=wait, timeout=timeout))

    async def settled(self, answer: Answer, seconds: float = 60) -> Answer:
        """The same answer once no more edits follow."""
        async with asyncio.timeout(seconds):
            while not (current := Answer(await self.get(f"/_client/interactions/{answer['id']}"))).is_settled():  # noqa: ASYNC110 - as below
                await asyncio.sleep(0.02)
            return current

    async def tried(self, answer: Answer, seconds: float = 60) -> Answer:
        """The message in which something was tried again, once it shows what came of it."""
        async with asyncio.timeout(seconds):
            while "Trying again…" in (current := await self.current(answer)).text:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.02)
            return current

    async def person(self, username: str = "ada", channel: int = 0) -> Person:
        """Somebody of the community, in the first guild."""
        people = await self.get("/_client/people")
        user = next(each["id"] for each in people if each["username"] == username)
        guild = (await self.get("/_client/state", user=user))["guilds"][0]
        return Person(self, user, guild["id"], guild["channels"][channel]["id"])

    async def current(self, answer: Answer) -> Answer:
        """The same answer as it looks now."""
        return Answer(await self.get(f"/_client/interactions/{answer['id']}"))

    async def signature(self, text: str, account: str) -> str:
        """A text signed by the key of an account."""
        return str((await self.post("/_sandbox/sign", {"account": account, "text": text}))["signature"])

    async def fault(self, kind: str, path: str = "user/collection/details", **options: Any) -> None:
        """Make Loopring fail."""
        await self.post(
            "/_sandbox/faults", {"service": "loopring", "path": path, "kind": kind, "times": None} | options
        )

    async def clear_faults(self) -> None:
        """Let everything answer as it should again."""
        async with self._session.delete(f"{self.url}/_sandbox/faults") as response:
            assert response.status < 400

    async def trade(self, giver: str | None, taker: str | None, collection: str, **more: Any) -> None:
        """Sell (`taker` None), buy (`giver` None) or give away; `more`: network, nft, copies."""
        await self.control("trade", **{"from": giver, "to": taker}, collection=collection, **more)

    async def file(self, attachment: dict[str, Any]) -> str:
        """The text of an attachment, as somebody who downloads it gets it."""
        async with self._session.get(attachment["url"]) as response:
            assert response.status < 400
            return await response.text()

    async def content(self, attachment: dict[str, Any]) -> bytes:
        """The same of a picture."""
        async with self._session.get(attachment["url"]) as response:
            assert response.status < 400
            return await response.read()

    async def control(self, path: str, /, **fields: Any) -> Any:
        """Use a route of the control API: `await sandbox.control("roles", action="make", guild=..., name=...)`."""
        return await self.post(f"/_sandbox/{path}", fields)

    async def counts(self, service: str) -> Counter[str]:
        """How often each route of a service was requested since the last reset, as "GET /path/{id}"."""
        return Counter((await self.get("/_sandbox/requests")).get(service, {}))

    async def opcodes(self) -> Counter[int]:
        """How often the bot sent each opcode of the gateway; a reset leaves them as they are."""
        return Counter({int(op): count for op, count in (await self.get("/_sandbox/discord"))["opcodes"].items()})

    async def role_writes(self) -> list[dict[str, Any]]:
        """Every role that was given or taken, by the bot or by others, oldest first, with its reason."""
        writes: list[dict[str, Any]] = (await self.get("/_sandbox/discord"))["writes"]
        return writes

    async def role(self, guild: str, name: str) -> str:
        """The id of a role of a server."""
        roles = (await self.get("/_sandbox/discord"))["guilds"][guild]["roles"]
        return str(next(role for role, shown in roles.items() if shown["name"] == name))

    async def new_account(self, collections: int) -> str:
        """An account that nobody has asked for yet."""
        self._accounts += 1
        account = 500_000 + self._accounts
        await self.post("/_sandbox/accounts", {"account": account, "collections": collections})
        return str(account)

    async def reset(self) -> None:
        """Back to the start, after the traffic so far was checked."""
        await self.check_traffic()
        await self.post("/_sandbox/reset", {})

    async def check_traffic(self) -> None:
        """Check the bot's requests since the last time, and the responses, against the services' own specifications."""
        for service in judges():
            traffic = await self.get("/_sandbox/traffic", service=service, after=self._checked.get(service, 0))
            self._checked[service] = traffic["last"]
            assert_valid(traffic["exchanges"])

    async def requests(self, path: str) -> list[dict[str, Any]]:
        """The requests to Loopring whose path contains `path`."""
        traffic = await self.get("/_sandbox/traffic", service="loopring")
        return [exchange for exchange in traffic["exchanges"] if path in exchange["path"]]

    async def until_asked(self, path: str, seconds: float = 60) -> None:
        """Return when the faults on `path` have all been applied."""
        async with asyncio.timeout(seconds):
            while any(fault["path"] == path for fault in await self.get("/_sandbox/faults")):  # noqa: ASYNC110 - the state is another program's
                await asyncio.sleep(0.01)

    async def until_answered(self, path: str, seconds: float = 60) -> None:
        """Return when Loopring has answered a request for `path`."""
        async with asyncio.timeout(seconds):
            while not await self.requests(path):  # noqa: ASYNC110 - the state is another program's
                await asyncio.sleep(0.01)

    async def online(self, seconds: float = 60) -> None:
        """Return when the bot is connected and its commands are registered."""
        person = await self.person()
        async with asyncio.timeout(seconds):
            while not await self._is_ready(person):  # noqa: ASYNC110 - the state is another program's
                await asyncio.sleep(0.02)

    async def answers_again(self, seconds: float = 60) -> None:
        """Return when a command is answered; those sent meanwhile may be lost, as they are with Discord."""
        person = await self.person()
        async with asyncio.timeout(seconds):
            while (await self.answer(await person.start("help"), timeout=2))["state"] != "answered":
                await self.online()

    async def _is_ready(self, person: Person) -> bool:
        if not (await self.get("/_sandbox/bot"))["online"]:
            return False
        return bool(await self.get("/_client/commands", user=person.user, guild=person.guild))


@asynccontextmanager
async def open_sandbox(bodies: Path | None = None, *, privileged_intents: int = 0) -> AsyncIterator[SandboxClient]:
    """A sandbox of its own on a free port; see `make_app` for the arguments."""
    app = make_app(load_world(), bodies=bodies, deadlines=PATIENT, privileged_intents=privileged_intents)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as session:
            sandbox = SandboxClient(session, f"http://127.0.0.1:{runner.addresses[0][1]}", runner.app)
            yield sandbox
            await sandbox.check_traffic()
    finally:
        await runner.cleanup()


def write_config(folder: Path, sandbox: SandboxClient, *, loopring: str = "", sources: str = "", **tables: str) -> Path:
    """A configuration file that points the bot at the sandbox.

    A line that sets what the sandbox would set replaces it.

    Args:
        folder: For the file and the store.
        sandbox: Where Discord and Loopring are.
        loopring: Further lines of the `[[source]]` loopring, which is the first.
        sources: Further `[[source]]` tables; SANDBOX in them is replaced by the sandbox's address.
        tables: Further lines of the other tables, by name.
    """
    gateway = f"{sandbox.url.replace('http', 'ws', 1)}/gateway/"
    own = {
        "discord": f'api_url = "{sandbox.url}/api/v10"\ngateway_url = "{gateway}"',
        "display": f'image_gateways = ["{sandbox.url}/ipfs/"]\ncollection_infos = "{sandbox.url}/nftinfos/"',
        "store": f'path = "{folder / "tessera.db"}"',
        "web": "port = 0",
    }
    lines = [line for table in own | tables for line in (f"[{table}]", *_merged(own.get(table, ""), tables.get(table)))]
    source = f'kind = "loopring"\nname = "loopring"\nbase_url = "{sandbox.url}/loopring"'
    lines += ["[[source]]", *_merged(source, loopring), sources.replace("SANDBOX", sandbox.url)]
    path = folder / "config.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _merged(lines: str, others: str | None) -> list[str]:
    """Lines of TOML, of which the later ones win."""
    settings = {line.partition("=")[0].strip(): line for line in f"{lines}\n{others or ''}".splitlines()}
    return list(settings.values())
