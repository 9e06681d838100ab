"""All messages go out here: where Discord refuses one for the sake of a part, it is sent without that part.

What Discord refuses is not documented whole, and pictures come from upstream: one URL that it does not accept must cost
that picture, and not the page. Only what is refused is left out. Where Discord does not say what that is, all pictures
and emoji are, once; if that does not help either, the error is raised, and `unaccepted_words` are shown for it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar, Unpack

import aiohttp
import discord

from bot.errors import UnacceptedError
from bot.messages import Message
from bot.ui.draft import Draft, Parts
from bot.ui.embeds import CAUTION
from bot.ui.in_place import all_see_thinking
from bot.ui.other_process import ALREADY_ACKNOWLEDGED, OtherProcess
from bot.ui.refused_parts import RefusedPart, refused_in
from bot.ui.refused_pictures import RefusedPictures

log = logging.getLogger(__name__)

_NOT_ACCEPTED = Message(
    "Discord does not accept this answer in the form in which Tessera sends it. Trying again does not help: the "
    "operator of this bot finds in its log what Discord refuses."
)
# Discord names all parts of one kind at a time, and there are few kinds.
_MOST_TRIES = 6
# After so long nothing is tried again: Discord allows an answer three seconds, and for all else somebody waits; but a
# post may wait for Discord's rate limit first.
_ANSWER_SECONDS = 2.0
_SECONDS = 30.0
_WITHOUT_DECORATION = 2  # tries are left: the last one is without all pictures and emoji
_MOST_LOGGED = 10
# As discord.py ends a view without an end in an ephemeral message, which nobody sees any longer than that.
_EPHEMERAL_SECONDS = 15 * 60.0
_SAME_MESSAGE = frozenset({"nonce", "allowed_mentions"})

_Sent = TypeVar("_Sent")


class Client(Protocol):
    """What sending needs of the client."""

    refused_pictures: RefusedPictures
    other_process: OtherProcess
    clock: Callable[[], float]


async def respond(interaction: discord.Interaction[Any], **message: Unpack[Parts]) -> None:
    """Answer an interaction by a message.

    Raises:
        discord.HTTPException: Discord refuses it in every form.
    """
    await _answer(interaction, interaction.response.send_message, message)


async def edit_pressed(press: discord.Interaction[Any], **message: Unpack[Parts]) -> None:
    """Answer a press by changing the message that was pressed.

    Raises:
        discord.HTTPException: as `respond`.
    """
    await _answer(press, press.response.edit_message, message)


async def edit_answer(interaction: discord.Interaction[Any], **message: Unpack[Parts]) -> None:
    """Change the answer to an interaction, or make it if that was deferred.

    Raises:
        discord.HTTPException: as `respond`.
    """
    await _send(interaction.client, interaction.edit_original_response, message)
    all_see_thinking(interaction, is_so=False)


async def follow_up(interaction: discord.Interaction[Any], **message: Unpack[Parts]) -> None:
    """Send another message below the answer to an interaction.

    Raises:
        discord.HTTPException: as `respond`.
    """
    await _send(interaction.client, interaction.followup.send, message)


async def post(
    client: Client, channel: discord.abc.Messageable, *, instead: str = "", **message: Unpack[Parts]
) -> discord.Message:
    """Post a message in a channel, or write a direct message.

    Args:
        client: The client.
        channel: Where.
        instead: Posted where Discord accepts it in no form; "": the error is raised.
        message: It.

    Raises:
        discord.HTTPException: as `respond`.
    """
    try:
        # A server reads it for long, and `instead` says where the words are: no remark stands there for them.
        return await _send(client, channel.send, Draft(message, may_lose_words=False))
    except discord.HTTPException as error:
        if not instead or (refused := await refused_in(error)) is None:
            raise
        log.warning("Discord accepts a message in no form: %s", named(refused))
        kept: dict[str, Any] = {name: value for name, value in message.items() if name in _SAME_MESSAGE}
        return await channel.send(embed=discord.Embed(description=instead, colour=CAUTION), **kept)


async def edit_post(client: Client, posted: discord.Message, **message: Unpack[Parts]) -> discord.Message:
    """Change a message in a channel.

    Raises:
        discord.HTTPException: as `respond`.
    """
    return await _send(client, posted.edit, Draft(message, may_lose_words=False))


async def repeated(call: Callable[[], Awaitable[object]]) -> None:
    """Answer an interaction; once more where no response came. discord.py 2.7.1 repeats it for a response of 500 alone.

    Raises:
        discord.HTTPException: Discord refuses it.
        aiohttp.ClientError: there was no response to both.
        OSError: likewise.
    """
    try:
        await call()
    except (aiohttp.ClientError, OSError):
        await call()


async def unaccepted_words(error: Exception) -> UnacceptedError | None:
    """What a person is shown where Discord accepts an answer in no form; None: the error is about something else."""
    if not isinstance(error, discord.HTTPException) or (refused := await refused_in(error)) is None:
        return None
    log.error("Discord accepts an answer in no form: %s", named(refused))
    return UnacceptedError(_NOT_ACCEPTED)


def named(refused: tuple[RefusedPart, ...]) -> str:
    """Where Discord refuses something, for the log."""
    return (
        _shortened([f"{part.name}{f' ({part.code})' if part.code else ''}" for part in refused]) or "nothing is named"
    )


async def _answer(
    interaction: discord.Interaction[Any], call: Callable[..., Awaitable[object]], message: Parts
) -> None:
    """Send the first answer to an interaction.

    A request whose response was lost is repeated, and refused where it took effect. The person sees the message then,
    but discord.py knows nothing of its buttons: so it is edited into what it is, and discord.py learns of them by that.
    """
    other: OtherProcess = interaction.client.other_process
    is_first, draft = not other.has_sent(interaction.id), Draft(message)
    try:
        await repeated(lambda: _send(interaction.client, call, draft, _ANSWER_SECONDS))
    except discord.HTTPException as error:
        if error.code != ALREADY_ACKNOWLEDGED or not is_first or other.has_answered(interaction.id):
            raise
        view = message.get("view")
        if draft.take("ephemeral") and view and view.timeout is None:
            view.timeout = _EPHEMERAL_SECONDS
        await _send(interaction.client, interaction.edit_original_response, draft)


async def _send(
    client: Client, call: Callable[..., Awaitable[_Sent]], message: Parts | Draft, seconds: float = _SECONDS
) -> _Sent:
    draft = message if isinstance(message, Draft) else Draft(message)
    draft.fit()
    if draft.is_cut:
        log.warning("a message was longer than Discord accepts: the end of its longest part is not shown")
    draft.leave_out_pictures(client.refused_pictures)
    until = client.clock() + seconds
    sent = await _try(call, draft, _MOST_TRIES, lambda: client.clock() < until)
    for url in draft.pictures:
        client.refused_pictures.add(url)
    if draft.left_out:
        log.warning("Discord refused parts of a message, shown without them: %s", _shortened(draft.left_out))
    return sent


async def _try(call: Callable[..., Awaitable[_Sent]], draft: Draft, tries: int, has_time: Callable[[], bool]) -> _Sent:
    try:
        return await call(**draft.arguments())
    except discord.HTTPException as error:
        refused = await refused_in(error) if tries > 1 and has_time() else None
        if refused is None:
            raise
        is_left_out = tries > _WITHOUT_DECORATION and draft.leave_out(refused)
        if not is_left_out and not draft.leave_out_decoration():
            raise
    return await _try(call, draft, tries - 1, has_time)


def _shortened(names: list[str]) -> str:
    more = len(names) - _MOST_LOGGED
    return ", ".join(names[:_MOST_LOGGED]) + (f", and {more} more" if more > 0 else "")
