"""Proofs in progress, as Discord shows them: started by a command or a button, and awaited until they end.

One person has one proof in progress. `Verification.outcomes` reports what happens on the page; the message that has
the link is then edited, through the token of the interaction that it answered.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

import aiohttp
import discord

from bot.cogs.linking.account_options import person_of
from bot.cogs.linking.memberships import scope_of
from bot.cogs.linking.proof_embeds import expired_embed, relay_warning_embed, replaced_embed
from bot.cogs.linking.proof_ending import ProofEnding
from bot.cogs.linking.proof_panels import PastePanel, ProofLinkPanel
from bot.cogs.members.role_follow_up import RoleFollowUp
from bot.errors import InputError, UndecidedError
from bot.linking import Linking
from bot.linking.outcome import Result
from bot.linking.steps import StartedProof
from bot.links import Link
from bot.links.proofs import MAX_RELAYS, ProofMethod
from bot.messages import Message
from bot.signing.signature import parse_address
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.panel import TOKEN_SECONDS

log = logging.getLogger(__name__)

# A signature that came in time may still be checked when the session ends: contracts are called over a network.
_GRACE_SECONDS = 45.0
# Before the panel's own end, which would only disable its buttons.
_MAX_WAIT_SECONDS = TOKEN_SECONDS - 10.0

_SEND_ERRORS = (discord.HTTPException, aiohttp.ClientError, OSError)

_SERVERS_ONLY = Message("Accounts are proven in a server: use `/verify` there.")
_PASTE_OFF = Message(
    "`signer` is for signatures that are pasted in Discord, which is switched off here: connect that key on the page."
)
_NAME_ACCOUNT = Message(
    "Which account? Name it, also if you give a `signer`: `/verify account:10001`, an address `0x…`, "
    "or one that you have linked."
)
_OWNER_UNKNOWN = Message(
    "Who owns that account cannot be found out right now, so there is no text to sign. Try again in a minute."
)


@dataclass(frozen=True, slots=True)
class _Wait:
    panel: ProofLinkPanel
    task: asyncio.Task[None]


class ProofMessages:
    """Starts proofs, and shows their results.

    Args:
        bot: The client.
        linking: Proves accounts.
        public_url: The page's site, "" where there is none.
        paste: Whether signatures may be pasted although there is a page.
        follow_up: Says what a proof brought; None: there are no roles.
    """

    def __init__(
        self,
        bot: Bot,
        linking: Linking,
        *,
        public_url: str,
        paste: bool,
        follow_up: RoleFollowUp | None = None,
    ) -> None:
        self._bot = bot
        self._accounts = linking.accounts
        self._links = linking.store.links
        self._pseudonym = linking.pseudonym
        self._proven = linking.proven
        self._verification = linking.verification
        self._public_url = public_url
        self._may_paste = paste or linking.verification.method is ProofMethod.PASTE
        self._ending = ProofEnding(linking.accounts, follow_up, host=bot)
        self._waiting: dict[int, _Wait] = {}

    async def close(self) -> None:
        """Stop waiting for results."""
        tasks = [wait.task for wait in self._waiting.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def start(self, interaction: discord.Interaction[Bot], link: Link | None, signer: str = "") -> None:
        """Start a proof by the method that this installation offers.

        Args:
            interaction: Deferred, privately.
            link: The account, None for the one of the address that will be connected.
            signer: The address that signs, where it is to be pasted and is not the owner.

        Raises:
            TesseraError: it cannot be started.
        """
        method = self._verification.method
        if signer and not self._may_paste:
            raise InputError(_PASTE_OFF)
        if signer or method is ProofMethod.PASTE:
            await self.paste(interaction, link, signer)
            return
        started = await self._begin(interaction, link, method)
        # Without a page, only a named account has a text to sign: its owner's address stands in it.
        again = self.paste if self._may_paste and (link or len(await self._unsigned(interaction)) == 1) else None
        panel = ProofLinkPanel(
            interaction,
            started,
            link,
            self._verification,
            self._ending,
            site=self._public_url,
            paste=again,
            host=self._bot,
        )
        # Before the link can be seen, so that no result is missed.
        task = asyncio.create_task(self._show_outcome(panel, started, interaction.guild), name="proof")
        wait = self._waiting[interaction.user.id] = _Wait(panel, task)
        task.add_done_callback(lambda _: self._forget(interaction.user.id, wait))
        try:
            await panel.show()
        except BaseException:
            task.cancel()
            raise

    async def begin(self, interaction: discord.Interaction[Bot]) -> None:
        """Start a proof of any account, at a press that is not acknowledged yet.

        Raises:
            TesseraError: it cannot be started.
        """
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self.start(interaction, None)

    async def paste(self, interaction: discord.Interaction[Bot], link: Link | None, signer: str = "") -> None:
        """Start a proof with a signature that is pasted in Discord.

        Args:
            interaction: Deferred, privately.
            link: The account, None for the only unproven one.
            signer: The address that signs, "" for the account's owner.

        Raises:
            TesseraError: it cannot be started.
        """
        signer = parse_address(signer) if signer else ""
        link = await self._link_to_prove(interaction, link)
        if not link.owner:
            raise UndecidedError(_OWNER_UNKNOWN)
        session = (await self._begin(interaction, link, ProofMethod.PASTE)).session
        challenge = await self._verification.challenge(session, signer or link.owner)
        await PastePanel(interaction, session, challenge, self._verification, self._ending, host=self._bot).show()

    async def _link_to_prove(self, interaction: discord.Interaction[Bot], link: Link | None) -> Link:
        if link is None:
            unsigned = await self._unsigned(interaction)
            if len(unsigned) != 1:
                raise InputError(_NAME_ACCOUNT)
            (link,) = unsigned
        return await self._accounts.candidate(interaction.user.id, str(link.account))

    async def _unsigned(self, interaction: discord.Interaction[Bot]) -> list[Link]:
        """The member's accounts that no signature of theirs covers."""
        user = interaction.user
        proven = await self._proven.of(user.id, scope_of(interaction, user))
        return [each for each in await self._links.of(user.id) if not proven.is_signed(each)]

    async def _begin(
        self, interaction: discord.Interaction[Bot], link: Link | None, method: ProofMethod
    ) -> StartedProof:
        if interaction.guild_id is None:
            raise InputError(_SERVERS_ONLY)
        guild_name = interaction.guild.name if interaction.guild else ""
        person = person_of(interaction.user)
        started = await self._verification.start_proof(person, interaction.guild_id, guild_name or "", link, method)
        if earlier := self._waiting.pop(person.user_id, None):
            earlier.task.cancel()
            await earlier.panel.end(replaced_embed())
        return started

    async def _show_outcome(self, panel: ProofLinkPanel, started: StartedProof, guild: discord.Guild | None) -> None:
        """Wait for the result of a proof and show it. Never raises."""
        session = started.session
        left = (session.expires_at - discord.utils.utcnow()).total_seconds() + _GRACE_SECONDS
        # A code may be typed a while after its session; the message can be edited as long as its token is valid.
        seconds = _MAX_WAIT_SECONDS if session.method is ProofMethod.CODE else min(left, _MAX_WAIT_SECONDS)
        outcome = await self._verification.outcomes.wait(session.session_id, seconds)
        if outcome is None:
            await panel.end(expired_embed())
            return
        await panel.finish(outcome)
        if outcome.result is Result.RELAYED and outcome.relays >= MAX_RELAYS:
            await self._warn_owners(started, guild, outcome.relays)

    async def _warn_owners(self, started: StartedProof, guild: discord.Guild | None, relays: int) -> None:
        """Notify a server's owner, and this bot's, of a member whose links others open. Never raises.

        The member may own the server: so the bot's owner is notified too.
        """
        person = started.session.person
        pseudonym = self._pseudonym(person.user_id).hex()
        log.warning("verify: links of %s were opened by others %d times within a day", pseudonym, relays)
        name = (guild.name or "") if guild else ""
        owners = {guild.owner_id} if guild and guild.owner_id else set()
        try:
            application = await self._bot.application_info()
            owners.add((application.team and application.team.owner_id) or application.owner.id)
        except _SEND_ERRORS as error:
            log.warning("verify: who this bot's owner is cannot be found out now: %s", error)
        for owner_id in owners:
            try:
                channel = await self._bot.create_dm(discord.Object(owner_id))
                with await self._bot.readers.for_member(owner_id, guild):
                    embed = relay_warning_embed(person, name, relays)
                await sending.post(self._bot, channel, embed=embed)
            except _SEND_ERRORS as error:
                log.warning("verify: an owner cannot be notified: %s", error)

    def _forget(self, user_id: int, wait: _Wait) -> None:
        if self._waiting.get(user_id) is wait:
            del self._waiting[user_id]
