"""class Bot: the connection to Discord, its commands, and how every error is answered.

No members in memory, no mentions ever, no intent that is not switched on. Every interaction ends with an answer or with
a clear error; what goes wrong unexpectedly is logged under a reference that is shown to the person.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands

from bot.config.settings import DiscordSettings
from bot.errors import InputError, SourceError, TesseraError
from bot.messages import Message
from bot.ui import sending
from bot.ui.acknowledgements import Acknowledgements
from bot.ui.command_tree import Tree
from bot.ui.connection_gate import Gate
from bot.ui.draft import Parts
from bot.ui.error_answers import Card, is_answered_already, show_error
from bot.ui.in_place import all_see_thinking, place_of, trying_embed
from bot.ui.intents import intents_of
from bot.ui.interaction_runs import KINDS, InteractionRuns, Outcome, outcome_of
from bot.ui.invite import invite_url
from bot.ui.invocation import PRESSED, Invocation, Purpose
from bot.ui.lasting_buttons import again_view
from bot.ui.live_answers import LiveAnswers
from bot.ui.other_process import OtherProcess
from bot.ui.press_words import RUN_AGAIN, STALE_BUTTON, STOPPING, TOO_MANY_OPEN, TRY_AGAIN
from bot.ui.pressed import custom_id_of, name_of, origin_of
from bot.ui.reader_locales import Readers
from bot.ui.refused_pictures import RefusedPictures
from bot.ui.registration import Registration
from bot.ui.request_trace import trace_of
from bot.ui.run_again import RunAgainCog, found_in_message
from bot.ui.typed_input import check_input

log = logging.getLogger(__name__)

_OUR_FAULT = Message(
    "Something went wrong inside Tessera. Try again. If it happens again, report `{reference}` to the operator of "
    "this bot."
)

READY_PAUSE = 0.25
_UNKNOWN_INTERACTION = 10062
# Half of the three seconds that Discord allows; our views answer within milliseconds.
_PRESS_SECONDS = 1.5
_LAST_EDITS_SECONDS = 2.0


def point_at(settings: DiscordSettings) -> None:
    """Let discord.py connect to another address than Discord's own: a stand-in, or a proxy.

    These two class attributes are where discord.py keeps its addresses; it offers no argument for them.
    """
    if settings.api_url:
        discord.http.Route.BASE = settings.api_url
    if settings.gateway_url:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)


class Bot(commands.Bot):
    """The Discord client. Objects that commands need are given to the cogs, not stored here.

    Args:
        settings: Where Discord is, and where to register the commands.
        cancel_reads: Ends long reads when the bot must stop.
        live_answers: Which answers can be pressed.
        clock: Seconds that only grow: how long a message is tried, and which pictures Discord refused are remembered.
        other_process: Finds out whether another one answers with this token.
    """

    def __init__(
        self,
        settings: DiscordSettings,
        *,
        cancel_reads: Callable[[], Awaitable[None]],
        live_answers: LiveAnswers | None = None,
        clock: Callable[[], float] = time.monotonic,
        other_process: OtherProcess | None = None,
    ) -> None:
        self.other_process = other_process or OtherProcess()
        self.gate, self.runs = Gate(), InteractionRuns()
        # Two warnings at each start, on libraries that only voice needs.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            command_prefix=(),  # slash commands only
            help_command=None,
            tree_cls=Tree,
            # What a command does not ask for is not offered where a person brought Tessera along.
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            intents=intents_of(settings),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=60.0,  # a longer pause is an error: what waits in it can do nothing else
            # How long READY is delayed after the last server was announced; no code here needs all of them.
            guild_ready_timeout=READY_PAUSE,
            http_trace=trace_of(self.other_process, self._before_connection, self.runs.acknowledged),
        )
        self._registration = Registration(self.tree, settings.guild_ids)
        self._settings, self._presence, self._cancel_reads = settings, settings.presence, cancel_reads
        self.acknowledgements, self.readers = Acknowledgements(), Readers()
        self.live_answers = live_answers or LiveAnswers()
        self.clock, self.refused_pictures = clock, RefusedPictures(clock)
        self._running: set[asyncio.Task[Any]] = set()
        self._stopping, self._settled_at = asyncio.Event(), 0.0
        self._presses: set[asyncio.Task[Any]] = set()  # of which it is not known yet who answers them
        self._lasting: list[re.Pattern[str]] = [PRESSED]
        self.cards: dict[type[TesseraError], Card] = {}
        self._observers: list[Callable[[discord.Interaction[Any]], None]] = []
        self.started_at = discord.utils.utcnow()

    async def setup_hook(self) -> None:
        """Register the commands that have changed."""
        await self.add_cog(RunAgainCog(), override=True)  # after a login that failed this is done once more
        await self._registration.register()

    def mention(self, command: str, guild_id: int | None) -> str:
        """A command as text that can be clicked, where its id is known; a command of a group has both names."""
        return self._registration.mention(command, guild_id)

    @property
    def gateway_state(self) -> str:
        """The state of the connection to Discord: "ready" or "connecting"."""
        return "ready" if self.is_ready() and self.ws and self.ws.open else "connecting"

    async def _before_connection(self) -> None:
        await self.gate.before_connection(can_resume=bool(self.ws and self.ws.session_id))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Ask the gate, in place of discord.py's pause of five seconds."""
        del shard_id, initial
        await self.gate.before_identify()

    async def on_connect(self) -> None:
        """Remember when the READY of this connection will have been dispatched."""
        self._settled_at = time.monotonic() + 2 * READY_PAUSE

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Remember that this delays READY further."""
        del guild
        self._settled_at = time.monotonic() + 2 * READY_PAUSE

    async def close(self) -> None:
        """Leave Discord; discord.py 2.7.1 would dispatch a delayed READY into the closed client."""
        await asyncio.sleep(self._settled_at - time.monotonic())
        await super().close()

    async def on_ready(self) -> None:
        """Log that the bot is ready, and where it can be invited."""
        log.info("ready as %s in %d guilds", self.user, len(self.guilds))
        await self.show_presence(self._presence)
        if self.application_id:
            log.info("to invite it to a server: %s", invite_url(self.application_id, self._settings))

    async def show_presence(self, words: str) -> None:
        """Show a line below the bot's name, from now on and in each session; discord.py's identify has an old form."""
        self._presence = words
        if self.gateway_state == "ready":
            await self.change_presence(activity=discord.CustomActivity(words) if words else None)

    def answered_elsewhere(self, custom_ids: re.Pattern[str]) -> None:
        """Leave buttons with such ids to the listener of a cog: they are not of one process, and never expire."""
        self._lasting.append(custom_ids)

    def observe(self, observer: Callable[[discord.Interaction[Any]], None]) -> None:
        """Let something look at every interaction that may run; it must return at once, and not raise."""
        self._observers.append(observer)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer buttons whose views are gone: of an earlier process, expired, or ended as there were too many."""
        if interaction.type not in (discord.InteractionType.component, discord.InteractionType.modal_submit):
            return
        self.readers.read_by(interaction)
        custom_id = custom_id_of(interaction)
        is_press = interaction.type is discord.InteractionType.component
        if is_press and any(lasting.fullmatch(custom_id) for lasting in self._lasting):
            return
        if self.live_answers.has_ended(origin_of(interaction)):
            await self._answer(interaction, TOO_MANY_OPEN)
            return
        # Its view answers at once, in this process or in another one with this token; if nothing has, then the view is
        # gone, or no longer has this button. A process that stops has no time to see which.
        if task := asyncio.current_task():
            self._presses.add(task)
            task.add_done_callback(self._presses.discard)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), _PRESS_SECONDS)
        if interaction.response.is_done() or self.other_process.has_sent(interaction.id):
            return
        await self._answer(interaction, STOPPING if self._stopping.is_set() else STALE_BUTTON)

    async def _answer(self, interaction: discord.Interaction[Any], words: Message, label: Message = RUN_AGAIN) -> None:
        again = again_view(interaction, label().render(), Invocation.of(interaction) or found_in_message(interaction))
        try:
            await sending.respond(interaction, **Parts({"content": words().render(), "ephemeral": True, **again}))
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            if not is_answered_already(error):
                log.info("%s stays unanswered: %s", name_of(interaction), type(error).__name__)

    async def accept(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether an interaction may run now; if so, `drain()` waits for it. Its task writes for its person."""
        self.readers.read_by(interaction)
        if self._stopping.is_set():
            if interaction.type is not discord.InteractionType.autocomplete:
                try:
                    check_input(interaction)  # a secret is said to be one, and goes into no button
                    await self._answer(interaction, STOPPING, TRY_AGAIN)
                except InputError as error:
                    await self.answer_error(interaction, error)
            return False
        if task := asyncio.current_task():
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            self.runs.begin(interaction.id, KINDS.get(interaction.type, "other"), name_of(interaction), task)
        for observer in self._observers:
            observer(interaction)
        return True

    def acknowledge(
        self, interaction: discord.Interaction[Any], *, ephemeral: bool = False, thinking: bool = False
    ) -> asyncio.Task[None]:
        """Begin to defer an interaction; it is done when that went out, and the work on it may begin."""
        return self.acknowledgements.start(self._defer(interaction, ephemeral=ephemeral, thinking=thinking))

    async def _defer(self, interaction: discord.Interaction[Any], *, ephemeral: bool, thinking: bool) -> None:
        try:
            if place_of(interaction) is Purpose.AGAIN:
                await sending.edit_pressed(interaction, content=None, embed=trying_embed(), view=None)
                return
            thinking = thinking and place_of(interaction) is None
            all_see_thinking(interaction, is_so=thinking and not ephemeral)
            await sending.repeated(lambda: interaction.response.defer(ephemeral=ephemeral, thinking=thinking))
        except discord.HTTPException as error:
            # Ours took effect, and only its response was lost: the work goes on, and its answer replaces "thinking…".
            if not is_answered_already(error) or self.other_process.has_answered(interaction.id):
                raise

    async def drain(self, seconds: float) -> None:
        """Accept nothing new, and let running interactions finish.

        After so many seconds their reads are cancelled, and they have two more to show what was read.
        """
        self._stopping.set()
        if self._running:
            log.info("finishing %d interactions", len(self._running))
        if not (unfinished := self._running | self._presses):
            return
        _, late = await asyncio.wait(unfinished, timeout=seconds)
        if late:
            await self._cancel_reads()
            _, late = await asyncio.wait(late, timeout=_LAST_EDITS_SECONDS)
        if late:
            log.warning("%d interactions were cut off", len(late))

    async def answer_error(self, interaction: discord.Interaction[Any], error: Exception) -> None:
        """Show the person what went wrong: our sentence, or a reference to the log. Never raises."""
        if isinstance(error, discord.NotFound) and error.code == _UNKNOWN_INTERACTION:
            self.runs.ended_with(interaction.id, Outcome.TOO_LATE)
            log.warning("an interaction came too late to be answered: %s", name_of(interaction))
            return
        if is_answered_already(error):
            return  # the person has an answer; `other_process` says of whom
        error = await sending.unaccepted_words(error) or error
        self.runs.ended_with(interaction.id, outcome_of(error))
        if isinstance(error, TesseraError):
            shown = error
            # What was typed is in the sentence of an InputError, and may be anything: a key, by mistake.
            logged = type(error).__name__ if isinstance(error, InputError) else error.sentence
            level = logging.WARNING if isinstance(error, SourceError) else logging.INFO
            log.log(level, "%s: %s", name_of(interaction), logged)
        else:
            reference = secrets.token_hex(3)
            log.error("%s failed (reference %s)", name_of(interaction), reference, exc_info=error)
            shown = TesseraError(_OUR_FAULT, reference=reference)
        try:
            await show_error(interaction, shown, self.cards, self.other_process)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as problem:
            log.warning("an error could not be shown: %s", problem)
