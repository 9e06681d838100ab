"""What the bot asks Discord to report: servers and their roles, nothing about members unless that is switched on."""

from __future__ import annotations

import discord
import pytest

from bot.config.settings import DiscordSettings
from bot.ui.client import Bot


async def _nothing_to_cancel() -> None:
    """There are no reads here."""


@pytest.mark.parametrize(
    ("settings", "intents"),
    [
        pytest.param(DiscordSettings(), discord.Intents(guilds=True), id="by default"),
        pytest.param(
            DiscordSettings(moderation_intent=True),
            discord.Intents(guilds=True, moderation=True),
            id="who changed roles",
        ),
        pytest.param(DiscordSettings(members_intent=True), discord.Intents(guilds=True, members=True), id="who joins"),
    ],
)
async def test_no_other_intent_is_asked_for_than_is_switched_on(
    settings: DiscordSettings, intents: discord.Intents
) -> None:
    bot = Bot(settings, cancel_reads=_nothing_to_cancel)
    assert bot.intents == intents
