"""The running bot: the only place where its objects are built, and where each is closed again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import aiohttp
from pydantic import SecretStr

from bot.app.background import Background
from bot.app.build_sources import open_sources
from bot.app.moved_clock import MovedClock, open_follower
from bot.app.open_metrics import open_metrics
from bot.app.open_pictures import LOOKS_EVERY, open_pictures
from bot.app.reader_languages import remember_languages
from bot.app.reload import Reload
from bot.app.role_cogs import RoleParts, add_role_cogs, welcome_of
from bot.app.run import run_until
from bot.app.schedule import schedule, when_ready
from bot.app.session_starts import SessionStarts
from bot.app.snapshot_parts import SNAPSHOTS_LOOKED_FOR, snapshot_maker
from bot.app.source_versions import ASKED_EVERY, SourceVersions
from bot.app.sync_jobs import open_sync, schedule_sync
from bot.app.webhook_jobs import open_webhooks
from bot.cogs.about_cog import About
from bot.cogs.gates.discord_roles import DiscordRoles
from bot.cogs.gates.gate_cog import GateCog
from bot.cogs.gates.gate_names import CollectionNames
from bot.cogs.gates.log_channel import LogChannel
from bot.cogs.holdings.card_cog import CardCog
from bot.cogs.holdings.collections_cog import Collections
from bot.cogs.linking.accounts_cog import AccountsCog
from bot.cogs.linking.link_cog import LinkingCog
from bot.cogs.linking.notifications_cog import NotificationsCog
from bot.cogs.linking.privacy_cog import PrivacyCog
from bot.cogs.linking.proof_messages import ProofMessages
from bot.cogs.linking.verify_cog import VerifyCog
from bot.cogs.linking.vouch_cog import VouchCog
from bot.cogs.linking.vouch_messages_cog import VouchMessagesCog
from bot.cogs.linking.welcome_cog import WelcomeCog
from bot.config.dangers import dangers_of_roles
from bot.config.settings import Settings
from bot.config.start_requirements import unmet_requirements
from bot.errors import ConfigError
from bot.linking import Linking
from bot.linking.ethereum import Nodes
from bot.linking.oauth import DiscordLogin
from bot.linking.proof_methods import availabilities, proof_method_of, weaknesses
from bot.linking.signature_verifier import SignatureVerifier
from bot.linking.steps import ProofSetup
from bot.linking.upkeep import confirm_owners, purge, settle
from bot.links.proofs import ProofMethod
from bot.lookup.lookup import Lookup
from bot.lookup.owner_rule import OwnerRule
from bot.messages import Message
from bot.pictures.studio import Studio
from bot.sources.capabilities import end_pauses
from bot.sources.session import open_session
from bot.store import Store
from bot.store.file.nightly import retention
from bot.store.pseudonyms import pseudonyms
from bot.sync.sync import Sync
from bot.ui.client import Bot, point_at
from bot.ui.other_process import OtherProcess
from bot.web.server import Server, start_server
from bot.web.verify_page import VerifyPage

log = logging.getLogger(__name__)

_NO_TOKEN = Message("No Discord token: set DISCORD_TOKEN, or DISCORD_TOKEN_FILE to a file that contains it.")

# How often it is asked who owns linked accounts where that is not confirmed, and of how many; commands come first.
_CONFIRMS = timedelta(minutes=10)
_MOST_CONFIRMED = 20
_ASKS_THE_TIME = timedelta(seconds=1)


async def serve(settings: Settings, stop: asyncio.Event, reload: Reload | None = None) -> None:
    """Build everything, and serve Discord until `stop` is set.

    Args:
        settings: What runs.
        stop: Ends it.
        reload: Applies settings that were changed; None: they never are.

    Raises:
        ConfigError: a setting must be corrected before the bot can run.
    """
    token = settings.discord.token
    if not token:
        raise ConfigError(_NO_TOKEN)
    for requirement in unmet_requirements(settings):
        raise ConfigError(requirement)
    point_at(settings.discord)
    for availability in availabilities(settings):
        log.info("linking: %s", availability)
    for weakness in weaknesses(settings):
        log.warning("linking: %s", weakness)
    for danger in dangers_of_roles(settings):
        log.warning("sync: %s", danger)
    async with AsyncExitStack() as opened:
        clock, clock_url = MovedClock(), settings.discord.clock_url
        follower = await opened.enter_async_context(open_follower(clock, clock_url)) if clock_url else None
        store = await Store.open(settings.store.path, backups=settings.store.backups)
        opened.push_async_callback(store.close)
        lookup = await opened.enter_async_context(open_lookup(settings, store, clock))
        other = OtherProcess(clock.now)
        bot = Bot(settings.discord, cancel_reads=lookup.close, clock=clock.monotonic, other_process=other)
        linking = await opened.enter_async_context(_open_linking(settings, token, store, lookup, bot, clock))
        roles = DiscordRoles.over(bot)
        sync = await opened.enter_async_context(
            open_sync(settings, store, lookup, linking, roles, clock, lambda: other.is_there)
        )
        names = CollectionNames(store, lookup)
        parts = RoleParts.over(bot, settings, store, sync, names.shown, clock.now)
        opened.push_async_callback(parts.seen.close)
        vouches = VouchMessagesCog(bot, linking, parts.follow_up)
        studio = await opened.enter_async_context(open_pictures(settings, clock.monotonic))
        await _add_cogs(bot, settings, lookup, linking, vouches, parts, roles, studio)
        expires = settings.discord.buttons_expire_seconds
        await bot.add_cog(GateCog.over(bot, store, sync, roles, names, clock=clock.now, expires=expires))
        notifications = NotificationsCog(bot, linking)
        await bot.add_cog(notifications)
        background = _plan(bot, settings, lookup, linking, notifications, vouches, clock, studio)
        opened.push_async_callback(remember_languages(bot.readers, store, background))
        if follower:
            background.every(_ASKS_THE_TIME, follower.follow, name="clock")
        channels = LogChannel(bot, sync.outbox, sync, store.guild_settings, parts.log_problems)
        schedule_sync(background, sync, channels.deliver, bot.is_ready)
        await opened.enter_async_context(open_webhooks(settings.webhooks, store, bot, background, linking, clock))
        background.every(ASKED_EVERY, SourceVersions(lookup.sources).look, name="versions of sources")
        background.every(_CONFIRMS, lambda: confirm_owners(store, lookup, _MOST_CONFIRMED), name="owners")
        public_url = settings.web.public_url
        server = await start_server(
            settings.web,
            store,
            lambda: bot.gateway_state,
            VerifyPage(linking.verification, public_url) if public_url else None,
            background_state=lambda: background.state,
            other_process=lambda: other.is_there,
        )
        opened.push_async_callback(server.close)
        await opened.enter_async_context(
            open_metrics(settings, bot, lookup, store, roles, background, lag=server.lag.report, now=clock.now)
        )
        if reload:
            opened.callback(_follow(reload, bot, lookup, sync, server).cancel)
        starts = SessionStarts(store.gateway, now=clock.now, monotonic=clock.monotonic)
        await run_until(stop, bot, token.get_secret_value(), background, starts)


def _follow(reload: Reload, bot: Bot, lookup: Lookup, sync: Sync, server: Server) -> asyncio.Task[None]:
    """Apply what changes in the settings while the bot runs."""
    reload.on_change("display.cache_seconds", lambda new: lookup.cache_answers_for(new.display.cache_for))
    reload.on_change("web.trusted_proxies", lambda new: server.trust(new.web.proxies))
    reload.on_change("discord.presence", lambda new: bot.show_presence(new.discord.presence))
    reload.each_time(lambda: _end_pauses(lookup, sync))
    return asyncio.create_task(reload.follow(), name="reload")


async def _end_pauses(lookup: Lookup, sync: Sync) -> None:
    for source in lookup.sources:
        end_pauses(source)
    await sync.end_pauses()
    log.info("reload: what failed is tried again, except where a source itself asked for a pause")


@asynccontextmanager
async def open_lookup(settings: Settings, store: Store, clock: MovedClock | None = None) -> AsyncIterator[Lookup]:
    """Answers about accounts and collections, over the configured sources."""
    async with open_session() as session:
        sources, rule = await open_sources(settings, session), OwnerRule(settings.linking.owners)
        clock = clock or MovedClock()
        lookup = Lookup(sources, store, cache_for=settings.display.cache_for, owner_rule=rule, clock=clock.now)
        try:
            rule.require_archive(sources)
            await lookup.owners.apply_rule()
            yield lookup
        finally:
            await lookup.close()
            for source in sources:
                await source.close()


@asynccontextmanager
async def _open_linking(
    settings: Settings, token: SecretStr, store: Store, lookup: Lookup, bot: Bot, clock: MovedClock
) -> AsyncIterator[Linking]:
    """What links and proves accounts."""
    # A separate session without cookies: none of Discord's or of a node's may be sent anywhere else.
    async with open_session() as session:
        nodes = Nodes(session, settings.linking.rpc_urls) if settings.linking.rpc_urls else None
        signatures = SignatureVerifier(
            nodes,
            lookup.wallets.counterfactual,
            settings.linking.wallet_factories,
            knows_wallets=lookup.wallets.can_be_looked_up,
        )
        linking = Linking.over(
            store,
            lookup,
            signatures,
            _proof_setup(settings, session, bot),
            pseudonym=pseudonyms(token.get_secret_value()),
            clock=clock.now,
            contest_for=settings.linking.contest,
            vouching=settings.linking.manual,
        )
        try:
            yield linking
        finally:
            await linking.verification.close()


def _proof_setup(settings: Settings, session: aiohttp.ClientSession, bot: Bot) -> ProofSetup:
    method, public_url = proof_method_of(settings), settings.web.public_url
    if method is not ProofMethod.OAUTH:
        return ProofSetup(method, public_url)
    # Links are only made by commands, and so once the bot has logged in and knows its application.
    login = DiscordLogin(
        session,
        settings.discord,
        redirect_uri=f"{public_url}/oauth/cb",
        client_id=lambda: bot.application_id or 0,
    )
    return ProofSetup(method, public_url, login)


async def _add_cogs(
    bot: Bot,
    settings: Settings,
    lookup: Lookup,
    linking: Linking,
    vouches: VouchMessagesCog,
    parts: RoleParts,
    roles: DiscordRoles,
    studio: Studio,
) -> None:
    gateways, expires = settings.display.gateways, settings.discord.buttons_expire_seconds
    follow_up, welcome = parts.follow_up, welcome_of(settings, lookup)
    proofs = ProofMessages(
        bot, linking, public_url=settings.web.public_url, paste=settings.linking.paste, follow_up=follow_up
    )
    collections = Collections(bot, lookup, linking, gateways=gateways, expires=expires)
    await bot.add_cog(collections)
    await bot.add_cog(CardCog(bot, lookup, linking, studio, gateways=gateways, expires=expires))
    links = LinkingCog(bot, linking, proofs, expires=expires, follow_up=follow_up)
    await bot.add_cog(links)
    await bot.add_cog(VerifyCog(linking, proofs))
    await bot.add_cog(AccountsCog(bot, linking, proofs, expires=expires, follow_up=follow_up, welcome=welcome))
    await bot.add_cog(
        WelcomeCog(bot, welcome, link=links.show_linked, prove=proofs.begin, example=collections.show_example)
    )
    kept = settings.store
    backups = retention(kept.backup_days, kept.backup_weeks) if kept.backup_days else None
    await bot.add_cog(PrivacyCog(bot, linking, backups=backups, expires=expires, follow_up=follow_up))
    await bot.add_cog(vouches)
    if settings.linking.manual:
        await bot.add_cog(VouchCog(bot, linking, vouches))
    await add_role_cogs(bot, settings, lookup, parts, proofs, collections, roles.guild_roles, studio)
    await bot.add_cog(About(bot, lookup))


def _plan(
    bot: Bot,
    settings: Settings,
    lookup: Lookup,
    linking: Linking,
    notifications: NotificationsCog,
    vouches: VouchMessagesCog,
    clock: MovedClock,
    studio: Studio,
) -> Background:
    """The jobs that the bot runs by itself."""

    async def settle_now() -> None:
        await settle(linking.store, linking.pseudonym, clock.now())

    async def purge_now() -> None:
        await purge(linking.store, clock.now())

    background = Background(now=clock.now)
    schedule(
        background,
        settings.store,
        clock.now,
        is_ready=bot.is_ready,
        notify=notifications.deliver,
        settle=settle_now,
        ask=vouches.deliver,
        purge=purge_now,
    )
    background.every(LOOKS_EVERY, studio.end_if_idle, name="pictures")
    snapshots = snapshot_maker(settings, linking.store, lookup, clock.now)
    background.every(SNAPSHOTS_LOOKED_FOR, when_ready(bot.is_ready, snapshots.run_due), name="snapshots")
    return background
