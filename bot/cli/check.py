"""`tessera check`: tests everything that `run` needs, and prints in plain words what is wrong."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import aiohttp
import discord

from bot.app.build_sources import open_source, open_sources
from bot.app.moved_clock import moved_time_warning
from bot.app.run import NO_MEMBERS_INTENT
from bot.cli.check_listeners import check_listeners
from bot.config.dangers import dangers_of_roles
from bot.config.settings import Settings
from bot.config.source_tables import ArchiveTable, SourceTable
from bot.config.start_requirements import unmet_requirements
from bot.errors import ConfigError, InputError, NotFoundError, RefusedError, SourceError
from bot.holdings import Account
from bot.linking.ethereum import Nodes
from bot.linking.node_answers import NodeState
from bot.linking.proof_methods import availabilities, weaknesses
from bot.lookup.owner_rule import OwnerRule
from bot.names import Names, is_numbered
from bot.pictures.fonts import configured_font
from bot.pictures.studio import why_off
from bot.sources.askers import Asker, Askers
from bot.sources.reading import read_holdings
from bot.sources.session import open_session
from bot.sources.source import KnowsVersion, Source
from bot.store import Store
from bot.ui.client import point_at
from bot.ui.invite import invite_url

# Any account will do: only the key and the service are tested, and "no such account" is an answer, too.
_SOME_NUMBER = "10001"
_SOME_ADDRESS = "0x" + 39 * "0" + "1"
_NODE_STATES = {
    NodeState.NO_BATCHES: "takes no batches (JSON-RPC), and is asked one by one: an answer costs two requests.",
    NodeState.WRONG_CHAIN: "is not on Ethereum's mainnet (chain id 1). Set the address of one that is.",
    NodeState.NO_ANSWER: "does not answer now, or its answer is none of an Ethereum node.",
    NodeState.KEY_REFUSED: "refuses its key, or this bot (HTTP 401 or 403). Copy the address with its key again.",
}


async def check(settings: Settings, print_line: Callable[[str], object]) -> int:
    """Test each thing by itself, and print a line about it.

    Returns:
        0: all is well. 1: the source or Discord does not answer now. 2: a setting must be corrected first.
    """
    store = await _check_store(settings, print_line)
    token = await _check_token(settings, print_line)
    sources = [await _check_source(table, print_line) for table in settings.sources]
    arrangement = await _check_arrangement(settings, print_line)
    linking = await _check_linking(settings, print_line)
    page = max(_check_page(settings, print_line), await check_listeners(settings, print_line))
    pictures = await _check_pictures(settings, print_line)
    worst = max(store, token, *sources, arrangement, linking, page, pictures)
    source = "a source" if len(sources) > 1 else "the source"
    silent = "Discord" if token else source if any(sources) else "Ethereum"
    print_line({0: "All is well.", 1: f"The bot can start; {silent} does not answer now.", 2: "Not ready yet."}[worst])
    return worst


async def _check_store(settings: Settings, print_line: Callable[[str], object]) -> int:
    path = settings.store.path
    try:
        found = await Store.inspect(path, backups=settings.store.backups)
    except ConfigError as error:
        print_line(f"✗ Store: {error.sentence}")
        return 2
    print_line(f"✓ Store: {path} is whole" if found else f"✓ Store: {path} will be made at the first start")
    return 0


async def _check_linking(settings: Settings, print_line: Callable[[str], object]) -> int:
    """Which proofs members are offered. Missing ones prevent no start; a node that does not answer is reported."""
    for availability in availabilities(settings):
        print_line(f"{availability}")
    for weakness in weaknesses(settings):
        print_line(f"! {weakness}")
    if settings.discord.clock_url:
        print_line(f"! {moved_time_warning(settings.discord.clock_url)}")
    for danger in (*dangers_of_roles(settings), *settings.webhooks.dangers()):
        print_line(f"! {danger}")
    if not settings.linking.rpc_urls:
        return 0
    async with open_session() as session:
        states = await Nodes(session, settings.linking.rpc_urls).states()
    for number, state in enumerate(states, 1):
        if words := _NODE_STATES.get(state):
            print_line(
                f"{'!' if state is NodeState.NO_BATCHES else '✗'} Ethereum: node {number} of ETH_RPC_URL {words}"
            )
    if not set(states) <= {NodeState.READY, NodeState.NO_BATCHES}:
        return 1
    print_line("✓ Ethereum: every node of ETH_RPC_URL answers")
    return 0


def _check_page(settings: Settings, print_line: Callable[[str], object]) -> int:
    unmet = list(unmet_requirements(settings))
    for requirement in unmet:
        print_line(f"✗ Page: {requirement}")
    return 2 if unmet else 0


async def _check_token(settings: Settings, print_line: Callable[[str], object]) -> int:
    token = settings.discord.token
    if not token:
        print_line("✗ Discord: no token. Set DISCORD_TOKEN, or DISCORD_TOKEN_FILE to a file that contains it.")
        return 2
    point_at(settings.discord)
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            await client.login(token.get_secret_value())
        except discord.LoginFailure:
            print_line(
                "✗ Discord: refuses DISCORD_TOKEN. Copy the token again from the developer portal (Bot → Reset Token)."
            )
            return 2
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            print_line(f"✗ Discord: cannot be reached ({type(error).__name__}); the token could not be tested.")
            return 1
        print_line(f"✓ Discord: the token is that of {client.user}")
        if client.application_id:
            print_line(f"· Invite: {invite_url(client.application_id, settings.discord)}")
        flags = client.application_flags
        if settings.discord.members_intent and not (flags.gateway_guild_members or flags.gateway_guild_members_limited):
            print_line(f"✗ Discord: {NO_MEMBERS_INTENT().render()}")
            return 2
        return 0


async def _check_pictures(settings: Settings, print_line: Callable[[str], object]) -> int:
    """The font that is named is needed where pictures are drawn."""
    if why_off(enabled=settings.pictures.enabled) or not settings.pictures.font:
        return 0
    try:
        await asyncio.to_thread(configured_font, settings.pictures.font)
    except ConfigError as error:
        print_line(f"✗ Pictures: {error.sentence}")
        return 2
    return 0


async def _check_arrangement(settings: Settings, print_line: Callable[[str], object]) -> int:
    """Whether the sources fit together, and which of them are asked; one that cannot be opened was reported before."""
    async with open_session() as session:
        try:
            sources = await open_sources(settings, session)
        except ConfigError as error:
            if len(settings.sources) > 1:
                print_line(f"✗ Sources: {error.sentence}")
            return 2
        for source in sources:
            await source.close()
    print_line(f"✓ Accounts: {_asked_sources(sources)}")
    return _check_owners(OwnerRule(settings.linking.owners), sources, print_line)


def _check_owners(rule: OwnerRule, sources: Sequence[Source], print_line: Callable[[str], object]) -> int:
    """Which sources a proof of a number may rest on."""
    try:
        rule.require_archive(sources)
    except ConfigError as error:
        print_line(f"✗ Owners: {error.sentence}")
        return 2
    for source in sources:
        if is_numbered(source.network):
            print_line(f"✓ Owners: {rule.describe(source)}")
    return 0


def _asked_sources(sources: Sequence[Source]) -> str:
    names = {source.network: source.name for source in sources}
    several = "; the first of these that holds something is shown first" if len(sources) > 1 else ""
    asked = f"without a network, an account is looked up at: {', '.join(names.values())}{several}."
    try:
        numbers = Names(tuple(names)).parse_account(_SOME_NUMBER).network
    except InputError:  # no source knows numbers, or several do and must be named
        return asked
    return f"{asked} A number is looked up at: {names[numbers]}."


async def _check_source(table: SourceTable, print_line: Callable[[str], object]) -> int:
    where = str(table.path) if isinstance(table, ArchiveTable) else table.base_url
    async with open_session() as session:
        try:
            source = await open_source(table, session)
        except ConfigError as error:
            print_line(f"✗ {table.name}: {error.sentence}")
            return 2
        started = time.perf_counter()
        some_account = Account(source.network, _SOME_NUMBER if is_numbered(source.network) else _SOME_ADDRESS)
        askers = Askers(Asker.job("check"))
        try:
            async for _ in read_holdings(source, some_account, askers):
                break
        except RefusedError as error:
            print_line(f"✗ {source.label}: {error.sentence}")
            return 2
        except SourceError as error:
            if not isinstance(table, ArchiveTable):
                print_line(f"✗ {source.label}: {where}: {error.sentence}")
                return 1
        except NotFoundError:
            pass  # this is an answer, too, and the key was not refused
        finally:
            took = f"{(time.perf_counter() - started) * 1000:.0f} ms"
            version = await _version_words(source, askers)
            await source.close()
    if isinstance(table, ArchiveTable):
        print_line(f"✓ {source.label}: {where} is whole")
    elif table.api_key:
        print_line(f"✓ {source.label}: {where} accepts the key and answered in {took}{version}")
    else:
        print_line(f"✓ {source.label}: {where} answers without a key, in {took}{version}")
    return 0


async def _version_words(source: Source, askers: Askers) -> str:
    if not isinstance(source, KnowsVersion):
        return ""
    version = await source.fetch_version(askers)
    return f"; its version is {version}" if version else "; it does not say its version"
