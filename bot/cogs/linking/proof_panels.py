"""What can be pressed while a proof is in progress: the link to the page, a code, a pasted signature, and “not me”."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import aiohttp
import discord

from bot.cogs.linking import proof_embeds
from bot.cogs.linking.proof_ending import ProofEnding
from bot.errors import LimitError, SessionError, TesseraError
from bot.linking.outcome import Outcome
from bot.linking.steps import StartedProof
from bot.linking.verification import Verification
from bot.links import Link
from bot.links.proofs import IssuedChallenge, ProofMethod, Session
from bot.messages import Message
from bot.signing.challenge import shown_name
from bot.signing.pasted import parse_signature
from bot.signing.statement_words import statement_for_reader
from bot.ui import sending
from bot.ui.embeds import error_embed
from bot.ui.panel import TOKEN_SECONDS, ActionButton, Host, Panel, PromptModal
from bot.ui.typed_input import SIGNATURE_FIELD

log = logging.getLogger(__name__)

_MAX_LETTERS = 4000  # the most that Discord's text field accepts

_OPEN_PAGE = Message("Open the page")
_ENTER_CODE = Message("Enter code")
_ELSEWHERE = Message("Sign elsewhere and paste")
_CODE = Message("The code that the page shows")
_PASTE = Message("Paste the signature")
_NEW_TEXT = Message("New text")
_SIGNATURE = Message("The signature of the text")
_PRESS_NEW = Message("Press **New text**, and sign that one.")
_TEXT_OVER = Message("That text is not valid any more: it was used, or its five minutes are over.")
_PROOF_OVER = Message(
    "This proof is over: its ten minutes have passed, or you have started again since. Run `/verify` for a new text."
)

Paste = Callable[[discord.Interaction[Any], Link | None], Awaitable[None]]


class ProofLinkPanel(Panel):
    """Below a link to the page, until the proof ends; the message then shows the result.

    Args:
        interaction: Deferred.
        started: The proof.
        link: The account, None for any.
        verification: Takes codes.
        ending: Shows the result.
        site: The page's site.
        paste: Starts again with a pasted signature; None where that is switched off.
        host: As for every panel.
    """

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        started: StartedProof,
        link: Link | None,
        verification: Verification,
        ending: ProofEnding,
        *,
        site: str,
        paste: Paste | None,
        host: Host,
    ) -> None:
        super().__init__(interaction, expires=TOKEN_SECONDS, host=host)
        self._started = started
        self._link = link
        self._verification = verification
        self._ending = ending
        self._site = site
        self._paste = paste
        items: list[discord.ui.Button[Any]] = [discord.ui.Button(label=_OPEN_PAGE().render(), url=started.url)]
        if started.session.method is ProofMethod.CODE:
            primary = discord.ButtonStyle.primary
            items.append(ActionButton("code", _ENTER_CODE().render(), self._ask_code, style=primary))
        if paste:
            items.append(ActionButton("elsewhere", _ELSEWHERE().render(), self._sign_elsewhere))
        self.lay_out(items)

    async def show(self) -> None:
        """Put it into the message."""
        session = self._started.session
        embed = proof_embeds.started_embed(session.person, self._link, session.method, self._site, session.expires_at)
        await sending.edit_answer(self._latest, embed=embed, view=self)

    async def finish(self, outcome: Outcome) -> None:
        """Show the result, once. Never raises."""
        await self._end(self._ending.show(self._latest, outcome))

    async def end(self, embed: discord.Embed) -> None:
        """Show how it ended, once. Never raises."""
        await self._end(sending.edit_answer(self._latest, embed=embed, view=None))

    async def _end(self, showing: Coroutine[Any, Any, object]) -> None:
        if self.is_finished():
            showing.close()
            return
        self.stop()
        try:
            await showing
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("verify: the result is not shown: %s", error)  # dismissed, or the token has expired

    async def _ask_code(self, interaction: discord.Interaction[Any]) -> None:
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=_CODE().render(), custom_id="code", placeholder="ABCD-2345", max_length=20
        )
        modal = PromptModal(self, "code-typed", _ENTER_CODE().render(), field, self._take_code)
        await interaction.response.send_modal(modal)

    async def _take_code(self, interaction: discord.Interaction[Any], typed: str) -> None:
        await self._host.acknowledge(interaction)
        outcome = await self._verification.enter_code(interaction.user.id, typed)
        if self.is_finished():  # the message ended before the code did
            await sending.follow_up(interaction, embed=await self._ending.embed(interaction, outcome), ephemeral=True)
            return
        self._latest = interaction
        await self.finish(outcome)

    async def _sign_elsewhere(self, interaction: discord.Interaction[Any]) -> None:
        assert self._paste  # noqa: S101 - else there is no such button
        await self._host.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._paste(interaction, self._link)


class PastePanel(Panel):
    """Below a text to be signed elsewhere. A wrong signature makes the text invalid, and a button gives a new one."""

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        session: Session,
        challenge: IssuedChallenge,
        verification: Verification,
        ending: ProofEnding,
        *,
        host: Host,
    ) -> None:
        super().__init__(interaction, expires=TOKEN_SECONDS, host=host)
        self._session = session
        self._challenge = challenge
        self._verification = verification
        self._ending = ending
        self._button = ActionButton("paste", _PASTE().render(), self._ask, style=discord.ButtonStyle.primary)
        self._again = ActionButton(
            "again", _NEW_TEXT().render(), self.once(self._renew), style=discord.ButtonStyle.primary
        )

    async def show(self) -> None:
        """Put text and button into the message."""
        self.lay_out([self._button])
        await sending.edit_answer(
            self._latest,
            content=proof_embeds.paste_text(self._challenge),
            embed=proof_embeds.paste_embed(self._challenge, self._meaning()),
            view=self,
        )

    def _meaning(self) -> str:
        person = self._session.person
        return statement_for_reader(person.user_id, shown_name(person.name), self._session.guild_id)

    async def _ask(self, interaction: discord.Interaction[Any]) -> None:
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=_SIGNATURE().render(),
            custom_id=SIGNATURE_FIELD,
            placeholder="0x…",
            style=discord.TextStyle.paragraph,
            max_length=_MAX_LETTERS,
        )
        await interaction.response.send_modal(PromptModal(self, "signed", _PASTE().render(), field, self._take_pasted))

    async def _take_pasted(self, interaction: discord.Interaction[Any], pasted: str) -> None:
        parse_signature(pasted)  # something that is no signature need not make the text invalid
        # Two modals may be open, on a phone and a desktop: the second must not replace what the first one has shown.
        await self.once(lambda press: self._submit(press, pasted))(interaction)

    async def _submit(self, interaction: discord.Interaction[Any], pasted: str) -> None:
        await self._host.acknowledge(interaction)
        self._latest = interaction
        try:
            outcome = await self._verification.submit(self._session, self._challenge.challenge_id, pasted)
        except TesseraError as error:
            log.info("verify: %s", error.sentence)
            await self._offer_new_text(interaction, error)
            return
        self.stop()
        await self._ending.show(interaction, outcome)

    async def _offer_new_text(self, interaction: discord.Interaction[Any], error: TesseraError) -> None:
        """Say what was wrong, with the button for a new text where there can be one: the panel outlives the proof."""
        if isinstance(error, SessionError):  # of a text or of the proof: which, is nobody's secret here
            if not await self._verification.is_open(self._session):
                await self._end(interaction, SessionError(_PROOF_OVER))
                return
            error = SessionError(_TEXT_OVER)
        self.lay_out([self._again])
        embed = error_embed(error)
        embed.description = f"{embed.description}\n{_PRESS_NEW().render()}"
        await sending.edit_answer(interaction, content=None, embed=embed, view=self)

    async def _renew(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        self._latest = interaction
        try:
            self._challenge = await self._verification.challenge(self._session, self._challenge.signer)
        except SessionError:
            await self._end(interaction, SessionError(_PROOF_OVER))
        except LimitError as error:
            if error.retry_after:  # too many questions at once, not too many texts
                raise
            await self._end(interaction, error)
        else:
            await self.show()

    async def _end(self, interaction: discord.Interaction[Any], error: TesseraError) -> None:
        self.stop()
        await sending.edit_answer(interaction, content=None, embed=error_embed(error), view=None)
