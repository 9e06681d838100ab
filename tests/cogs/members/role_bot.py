"""A connected bot with all commands but `/help` and `/about`, over the real sync and a store in memory."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bot.app.background import Background
from bot.app.role_cogs import RoleParts, add_role_cogs
from bot.app.run import run_until
from bot.app.serve import open_lookup
from bot.cogs.gates.discord_roles import DiscordRoles
from bot.cogs.gates.gate_cog import GateCog
from bot.cogs.gates.gate_names import CollectionNames
from bot.cogs.gates.log_channel import LogChannel
from bot.cogs.holdings.card_cog import CardCog
from bot.cogs.holdings.collections_cog import Collections
from bot.cogs.linking.accounts_cog import AccountsCog
from bot.cogs.linking.link_cog import LinkingCog
from bot.cogs.linking.privacy_cog import PrivacyCog
from bot.cogs.linking.proof_messages import ProofMessages
from bot.cogs.linking.verify_cog import VerifyCog
from bot.cogs.linking.vouch_cog import VouchCog
from bot.cogs.linking.vouch_messages_cog import VouchMessagesCog
from bot.cogs.members.role_follow_up import RoleFollowUp
from bot.cogs.webhooks.webhooks_cog import WebhooksCog
from bot.config.settings import load
from bot.gates.gate import Gate, GateDraft
from bot.gates.parser import parse_rule
from bot.gates.rule import CollectionRef
from bot.linking import Linking
from bot.linking.signature_verifier import SignatureVerifier
from bot.linking.steps import ProofSetup
from bot.links.proofs import ProofMethod
from bot.lookup.lookup import Lookup
from bot.pictures.drawing_process import DrawingProcess
from bot.pictures.studio import Studio
from bot.sources.public_address import Reachable
from bot.store import Store
from bot.store.pseudonyms import pseudonyms
from bot.sync.readings import Readings, Wanted
from bot.sync.sync import Sync
from bot.ui.client import Bot, point_at
from bot.webhooks.delivery.posting import open_poster
from bot.webhooks.delivery.webhooks import Webhooks
from bot.webhooks.values.webhook_signature import SecretKey
from sandbox.world import BOT_TOKEN
from tests.sandbox_client import SECRETS, Answer, Person, SandboxClient, open_sandbox, write_config

EXPIRES = 600


class Clock:
    """The present, plus what a test lets pass."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class RoleBot:
    """What is behind it.

    Attributes:
        sandbox: Its Discord and its Loopring.
        bot: The client.
        store: Its store.
        lookup: Reads rules.
        sync: Judges members.
        clock: Its clock.
        log: Posts in log channels.
        follow_up: Says what a proof brought, and what something costs.
    """

    sandbox: SandboxClient
    bot: Bot
    store: Store
    lookup: Lookup
    sync: Sync
    clock: Clock
    log: LogChannel
    follow_up: RoleFollowUp

    async def gate(self, person: Person, rule: str, name: str = "Collector", **draft: Any) -> Gate:
        """A gate for a new role in the server of a person."""
        made = await self.sandbox.control("roles", action="make", guild=person.guild, name=name, position=1)
        parsed = parse_rule(rule, self.lookup.names, find_by_name=lambda _: ())
        guild_id = int(person.guild or 0)
        wanted = GateDraft(int(made["role"]), parsed, **draft)
        gate = await self.store.gates.add(guild_id, wanted, 1, self.clock())
        assert gate
        async with asyncio.timeout(60):
            while self.bot.get_guild(guild_id).get_role(gate.role_id) is None:  # type: ignore[union-attr] # noqa: ASYNC110 - the gateway reports it
                await asyncio.sleep(0.01)
        await self.sync.gates_changed(guild_id)
        return gate

    async def prove(self, person: Person, account: str) -> Answer:
        """Prove an account with a pasted signature; the answer once it says what that brought."""
        answer = await person.run("verify", account=account)
        content: str = answer.message["content"]
        text = content.removeprefix("```text\n").removesuffix("\n```")
        signature = await self.sandbox.signature(text, account)
        ended = await person.submit(await person.press(answer, "paste"), signature=signature)
        async with asyncio.timeout(60):
            while "Looking at what it earns" in ended.text:
                await asyncio.sleep(0.02)
                ended = await self.sandbox.current(ended)
        return ended

    @asynccontextmanager
    async def store_is_slow(self) -> AsyncIterator[None]:
        """Until its end, whatever asks the store waits."""
        goes_on = threading.Event()
        asked = asyncio.create_task(self.store.reader.run(lambda _: goes_on.wait()))
        try:
            yield
        finally:
            goes_on.set()
            await asked

    async def roles_of(self, person: Person) -> set[str]:
        """The roles of a member, as Discord has them."""
        guild = (await self.sandbox.get("/_sandbox/discord"))["guilds"][person.guild]
        return set(guild["members"][person.user])


async def _names(guild_id: int) -> Mapping[CollectionRef, str]:
    del guild_id
    return {CollectionRef("loopring", "254"): "Harbour Lights"}


@asynccontextmanager
async def open_role_bot(
    folder: Path,
    loopring: str = "requests_per_second = 1000",
    *,
    sources: str = "",
    privileged_intents: int = 0,
    **tables: str,
) -> AsyncIterator[RoleBot]:
    """The bot, connected; `sources` and `tables` are further lines of its configuration (`write_config`)."""
    clock, store = Clock(), await Store.open(None)
    async with open_sandbox(privileged_intents=privileged_intents) as sandbox:
        settings = load(write_config(folder, sandbox, loopring=loopring, sources=sources, **tables), SECRETS)
        point_at(settings.discord)
        async with open_lookup(settings, store) as lookup, open_poster(Reachable(), clock) as poster:
            bot = Bot(settings.discord, cancel_reads=lookup.close)
            linking = Linking.over(
                store,
                lookup,
                SignatureVerifier(
                    None, lookup.wallets.counterfactual, (), knows_wallets=lookup.wallets.can_be_looked_up
                ),
                ProofSetup(ProofMethod.PASTE, ""),
                pseudonym=pseudonyms(BOT_TOKEN),
                clock=clock,
                contest_for=timedelta(days=1),
                vouching=True,
            )
            discord_roles = DiscordRoles.over(bot)
            readings = Readings(
                store.readings,
                lookup.sources,
                linking.proven,
                rates={},
                interval=settings.sync.interval,
                wanted=Wanted,
                clock=clock,
                random=Random(1),  # noqa: S311 - spreads retries
            )
            sync = Sync(store, linking.proven, readings, discord_roles, settings.sync, clock=clock)
            parts = RoleParts.over(bot, settings, store, sync, _names, clock)
            proofs = ProofMessages(bot, linking, public_url="", paste=True, follow_up=parts.follow_up)
            collections = Collections(bot, lookup, linking, gateways=(), expires=EXPIRES)
            await bot.add_cog(collections)
            studio = Studio(DrawingProcess(seconds=60))
            await bot.add_cog(CardCog(bot, lookup, linking, studio, gateways=(), expires=EXPIRES))
            await bot.add_cog(LinkingCog(bot, linking, proofs, expires=EXPIRES, follow_up=parts.follow_up))
            await bot.add_cog(VerifyCog(linking, proofs))
            await bot.add_cog(AccountsCog(bot, linking, proofs, expires=EXPIRES, follow_up=parts.follow_up))
            privacy = PrivacyCog(bot, linking, backups=None, expires=EXPIRES, follow_up=parts.follow_up)
            await bot.add_cog(privacy)
            vouches = VouchMessagesCog(bot, linking, parts.follow_up)
            await bot.add_cog(vouches)
            await bot.add_cog(VouchCog(bot, linking, vouches))
            found = CollectionNames(store, lookup)
            gates = GateCog.over(bot, store, sync, discord_roles, found, clock=clock, expires=EXPIRES)
            await bot.add_cog(gates)
            await add_role_cogs(bot, settings, lookup, parts, proofs, collections, discord_roles.guild_roles, studio)
            hooks = Webhooks(store.webhooks, poster, SecretKey("a key"), linking.pseudonym, clock, most=5)
            await bot.add_cog(WebhooksCog(bot, hooks))
            stop = asyncio.Event()
            running = asyncio.create_task(run_until(stop, bot, BOT_TOKEN, Background()))
            try:
                await sandbox.online()
                log = LogChannel(bot, sync.outbox, sync, store.guild_settings, parts.log_problems)
                yield RoleBot(sandbox, bot, store, lookup, sync, clock, log, parts.follow_up)
            finally:
                stop.set()
                await running
                await studio.close()
                await parts.seen.close()
                await sync.close()
                await linking.verification.close()
    await store.close()
