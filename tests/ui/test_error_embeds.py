"""What people see of an error."""

import discord
import pytest

from bot.errors import (
    ConfigError,
    InputError,
    LimitError,
    NotFoundError,
    NothingLinkedError,
    ProofError,
    RefusedError,
    SessionError,
    SourceError,
    StoreError,
    TesseraError,
    ThrottledError,
    UnavailableError,
    UndecidedError,
)
from bot.messages import Message
from bot.ui import embeds


@pytest.mark.parametrize(
    ("error", "title", "colour"),
    [
        (InputError(Message("x")), "Please check your request", embeds.CAUTION),
        (NothingLinkedError(Message("x")), "No account linked yet", embeds.CAUTION),
        (NotFoundError(Message("x")), "Not found", embeds.CAUTION),
        (UnavailableError(Message("x")), "The data source does not answer", embeds.FAULT),
        (ThrottledError(Message("x")), "The data source does not answer", embeds.FAULT),
        (SourceError(Message("x")), "The data source does not answer", embeds.FAULT),
        (RefusedError(Message("x")), "The operator of this bot has to fix this", embeds.FAULT),
        (StoreError(Message("x")), "The operator of this bot has to fix this", embeds.FAULT),
        (ConfigError(Message("x")), "The operator of this bot has to fix this", embeds.FAULT),
        (SessionError(Message("x")), "No longer valid", embeds.CAUTION),
        (ProofError(Message("x")), "Not proven", embeds.CAUTION),
        (LimitError(Message("x")), "Limit reached", embeds.CAUTION),
        (UndecidedError(Message("x")), "This cannot be checked right now", embeds.FAULT),
        (TesseraError(Message("x")), "Something went wrong", embeds.FAULT),
    ],
)
def test_the_title_of_an_error_says_whose_side_it_is_on(
    error: TesseraError, title: str, colour: discord.Colour
) -> None:
    embed = embeds.error_embed(error)
    assert (embed.title, embed.description, embed.colour) == (title, "x", colour)
