"""A file that an admin attaches to a command."""

from __future__ import annotations

import discord

from bot.errors import InputError, UndecidedError
from bot.gates.file_lines import MAX_BYTES
from bot.messages import Message

_TOO_LARGE = Message("A file here has at most {most:,} bytes. Nothing was saved.")
_NOT_LOADED = Message("Discord does not give the file out right now. Nothing was saved: try again in a minute.")


async def content_of(file: discord.Attachment) -> bytes:
    """What is in a file.

    Raises:
        InputError: it is too large.
        UndecidedError: Discord does not give it out now.
    """
    if file.size > MAX_BYTES:
        raise InputError(_TOO_LARGE, most=MAX_BYTES)
    try:
        return await file.read()
    except (discord.DiscordException, OSError) as error:
        raise UndecidedError(_NOT_LOADED) from error
