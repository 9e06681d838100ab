"""Of which server a question is: from what Discord says of a member, from a button's id, and when the bot leaves."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.cogs.linking.memberships import scope_of
from bot.cogs.linking.vouch_buttons import VouchPress, question_view
from bot.cogs.linking.vouch_messages_cog import VouchMessagesCog
from bot.links import NOWHERE, InGuild, Vouch
from bot.store.rows import to_account
from tests.linking.harness import ANN, GUILD, open_linking, owner_of

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
OWNER = owner_of("10001")


def member(joined_at: datetime | None) -> discord.Member:
    """A member as an interaction has one, as far as it matters here."""
    state: Any = SimpleNamespace(store_user=lambda user: SimpleNamespace(id=int(user["id"])))
    guild: Any = SimpleNamespace(id=GUILD)
    joined = joined_at.isoformat() if joined_at else None
    body: Any = {"user": {"id": str(ANN)}, "roles": [], "flags": 0, "joined_at": joined}
    return discord.Member(data=body, guild=guild, state=state)


def interaction(*, guild_id: int | None = GUILD, is_installed: bool = True) -> discord.Interaction[Any]:
    """An interaction, as far as it matters here."""
    made: Any = SimpleNamespace(guild_id=guild_id, is_guild_integration=lambda: is_installed)
    found: discord.Interaction[Any] = made
    return found


def test_a_question_is_of_a_server_only_where_discord_says_since_when_one_is_there() -> None:
    assert scope_of(interaction(), member(AT)) == InGuild(GUILD, AT)
    assert scope_of(interaction(), member(None)) is NOWHERE
    stranger: Any = object.__new__(discord.User)
    assert scope_of(interaction(), stranger) is NOWHERE


def test_where_tessera_was_only_brought_along_by_a_person_nobody_is_a_member() -> None:
    assert scope_of(interaction(is_installed=False), member(AT)) is NOWHERE
    assert scope_of(interaction(guild_id=GUILD + 1), member(AT)) is NOWHERE
    assert scope_of(interaction(guild_id=None), member(AT)) is NOWHERE


async def test_an_id_of_a_button_names_its_question_and_fits_the_longest_account() -> None:
    vouch = Vouch(9 * 10**18 - 1, 2**63 - 1, to_account("eip155:11155111:0x" + "ab" * 20), OWNER, AT)
    ids = [item["custom_id"] for row in question_view(vouch).to_components() for item in row["components"]]
    assert max(map(len, ids)) <= 100
    presses = [VouchPress.parse(custom_id) for custom_id in ids]
    assert presses == [VouchPress(confirms, vouch.guild_id, vouch.vouch_id) for confirms in (True, False)]
    assert question_view(vouch).is_finished()  # or discord.py would hold on to each that was ever sent


@pytest.mark.parametrize(
    "custom_id",
    ["", "tessera:abc:vouch-yes", "tessera-vouch:maybe:1:0123456789abcdef", "tessera-vouch:yes:1:0123456789abcdefg"],
)
def test_other_buttons_are_left_to_others(custom_id: str) -> None:
    assert VouchPress.parse(custom_id) is None


@pytest.mark.parametrize("field", ["guild_id", "user_id", "account", "owner", "asked_at"])
def test_each_part_of_a_question_is_in_its_id(field: str) -> None:
    fields: dict[str, Any] = {
        "guild_id": 1,
        "user_id": 2,
        "account": to_account("loopring:1"),
        "owner": OWNER,
        "asked_at": AT,
    }
    others: dict[str, Any] = {
        "guild_id": 3,
        "user_id": 4,
        "account": to_account("loopring:2"),
        "owner": owner_of("other"),
        "asked_at": AT.replace(second=1),
    }
    assert Vouch(**fields).vouch_id != Vouch(**(fields | {field: others[field]})).vouch_id


async def test_what_was_vouched_for_in_servers_that_the_bot_left_while_offline_is_forgotten_once_ready() -> None:
    """A server that is not available now is still one of the bot's."""
    async with open_linking() as harness:
        for guild_id in (GUILD, GUILD + 1, GUILD + 2):
            await harness.vouch(ANN, "loopring:10001", OWNER, guild_id=guild_id)
        guilds = [SimpleNamespace(id=GUILD, unavailable=False), SimpleNamespace(id=GUILD + 1, unavailable=True)]
        client = SimpleNamespace(answered_elsewhere=lambda _: None, guilds=guilds)
        await VouchMessagesCog(client, harness.linking).on_ready()  # type: ignore[arg-type] # it sends nothing here
        for table in ("vouches", "vouch_asks"):
            left = await harness.rows(f"SELECT guild_id FROM {table} ORDER BY guild_id")  # noqa: S608 - names from above
            assert left == [(GUILD,), (GUILD + 1,)]


async def test_when_the_bot_leaves_a_server_what_was_vouched_for_there_is_forgotten() -> None:
    async with open_linking() as harness:
        await harness.vouch(ANN, "loopring:10001", OWNER)
        await harness.vouch(ANN, "loopring:10001", OWNER, guild_id=GUILD + 1)
        unused, left = SimpleNamespace(answered_elsewhere=lambda _: None), SimpleNamespace(id=GUILD)
        cog: Any = VouchMessagesCog(unused, harness.linking)  # type: ignore[arg-type] # it sends nothing here
        await cog.on_guild_remove(left)
        assert await harness.rows("SELECT guild_id FROM vouches") == [(GUILD + 1,)]
