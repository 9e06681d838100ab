"""Which events a bot gets by its intents, and what it may see: members, roles, and the audit log."""

from __future__ import annotations

import discord
import pytest

from sandbox.discord.audit_log import GUILD_MODERATION
from sandbox.discord.member_requests import GUILD_MEMBERS
from sandbox.world import APPLICATION_ID
from tests.sandbox.discord_client import (
    ADA,
    ADMIN_ROLE,
    BEN,
    BOT_ROLE,
    GUILD,
    LOW_ROLE,
    OTHER_LOW_ROLE,
    OWNER,
    STRANGER,
    DiscordHarness,
    harness,
)
from tests.sandbox.raw_gateway import GUILDS, session

JOINED = "2026-11-26T12:00:00.000000+00:00"
VIEW_AUDIT_LOG = discord.Permissions(view_audit_log=True).value


def edit_by_hand(on: DiscordHarness) -> None:
    guild = on.guild
    on.discord.role_edits.give(guild, guild.members[BEN], guild.roles[LOW_ROLE], ADA, "asked nicely")


@pytest.mark.parametrize(("intents", "is_sent"), [(GUILDS, False), (GUILDS | GUILD_MEMBERS, True)])
async def test_what_members_do_is_sent_with_the_members_intent_alone(*, intents: int, is_sent: bool) -> None:
    async with harness(privileged_intents=GUILD_MEMBERS) as on:
        raw = await session(on, intents)
        on.discord.departures.join(GUILD, STRANGER, JOINED)
        on.discord.departures.announce(GUILD, BEN)
        edit_by_hand(on)
        on.discord.departures.leave(GUILD, STRANGER)
        names = ["GUILD_MEMBER_ADD", "GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"]
        sent = await raw.dispatches()
        assert [name for name, _ in sent] == (names if is_sent else [])
        assert not is_sent or [body["user"]["id"] for _, body in sent] == [
            str(user) for user in (STRANGER, BEN, BEN, STRANGER)
        ]
        await raw.socket.close()


@pytest.mark.parametrize(
    ("intents", "permissions", "is_sent"),
    [
        pytest.param(GUILDS | GUILD_MODERATION, VIEW_AUDIT_LOG, True, id="both"),
        pytest.param(GUILDS, VIEW_AUDIT_LOG, False, id="no intent"),
        pytest.param(GUILDS | GUILD_MODERATION, 0, False, id="no permission"),
    ],
)
async def test_audit_log_entries_need_the_moderation_intent_and_the_permission(
    *, intents: int, permissions: int, is_sent: bool
) -> None:
    async with harness() as on:
        on.guild.roles[BOT_ROLE].permissions |= permissions
        raw = await session(on, intents)
        edit_by_hand(on)
        sent = await raw.dispatches()
        assert [name for name, _ in sent] == (["GUILD_AUDIT_LOG_ENTRY_CREATE"] if is_sent else [])
        if is_sent:
            entry = {name: sent[0][1][name] for name in ("guild_id", "user_id", "target_id", "action_type", "reason")}
            assert entry == {
                "guild_id": str(GUILD),
                "user_id": str(ADA),
                "target_id": str(BEN),
                "action_type": 25,
                "reason": "asked nicely",
            }
            assert sent[0][1]["changes"] == [{"key": "$add", "new_value": [{"id": str(LOW_ROLE), "name": "Holder"}]}]
        await raw.socket.close()


async def test_changes_of_roles_are_sent_without_any_further_intent() -> None:
    async with harness() as on:
        raw = await session(on, GUILDS)
        changes = on.discord.guild_changes
        role = changes.make_role(GUILD, ADA, name="Keeper")
        changes.change_role(GUILD, ADA, role.id, position=8, permissions=8)
        changes.delete_role(GUILD, ADA, role.id)
        (made, first), (changed, second), (deleted, third) = await raw.dispatches()
        assert (made, changed, deleted) == ("GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE")
        assert (first["role"]["name"], second["role"]["position"], second["role"]["permissions"]) == ("Keeper", 8, "8")
        assert third == {"guild_id": str(GUILD), "role_id": str(role.id)}
        await raw.socket.close()


async def test_a_deleted_role_is_nobodys() -> None:
    async with harness() as on:
        on.guild.members[BEN].roles = [LOW_ROLE, OTHER_LOW_ROLE]
        on.discord.guild_changes.delete_role(GUILD, OWNER, LOW_ROLE)
        assert on.guild.members[BEN].roles == [OTHER_LOW_ROLE]
        status, body = await on.rest("PUT", f"/guilds/{GUILD}/members/{BEN}/roles/{LOW_ROLE}")
        assert (status, body["code"]) == (404, 10011)
        with pytest.raises(ValueError, match="everyone"):
            on.discord.guild_changes.delete_role(GUILD, OWNER, GUILD)


async def test_of_two_roles_at_one_position_the_older_is_the_higher() -> None:
    async with harness() as on:
        changes, path = on.discord.guild_changes, f"/guilds/{GUILD}/members/{BEN}/roles"
        newer = changes.make_role(GUILD, OWNER, name="Newer", position=on.guild.roles[BOT_ROLE].position)
        assert newer.id > BOT_ROLE
        assert (await on.rest("PUT", f"{path}/{newer.id}"))[0] == 204
        changes.change_role(GUILD, OWNER, ADMIN_ROLE, position=on.guild.roles[BOT_ROLE].position, permissions=0)
        assert ADMIN_ROLE < BOT_ROLE
        assert (await on.rest("PUT", f"{path}/{ADMIN_ROLE}"))[0] == 403


async def test_a_guild_that_is_not_available_sends_nothing_until_it_is_back() -> None:
    async with harness() as on:
        raw = await session(on, GUILDS)
        changes = on.discord.guild_changes
        changes.set_available(GUILD, available=False)
        changes.set_available(GUILD, available=False)
        role = changes.make_role(GUILD, OWNER, name="Meanwhile")
        await raw.send(8, {"guild_id": str(GUILD), "user_ids": [str(BEN)], "limit": 0})
        assert await raw.dispatches() == [("GUILD_DELETE", {"id": str(GUILD), "unavailable": True})]
        changes.set_available(GUILD, available=True)
        [(name, body)] = await raw.dispatches()
        assert (name, body["unavailable"]) == ("GUILD_CREATE", False)
        assert str(role.id) in {each["id"] for each in body["roles"]}
        await raw.socket.close()


async def test_a_bot_that_is_invited_again_starts_with_a_new_role_at_the_bottom() -> None:
    async with harness() as on:
        raw = await session(on, GUILDS)
        moves = on.discord.departures
        moves.leave(GUILD, APPLICATION_ID, kicked_by=OWNER)
        assert await raw.dispatches() == [("GUILD_DELETE", {"id": str(GUILD)})]
        assert BOT_ROLE not in on.guild.roles
        assert (await on.rest("GET", f"/guilds/{GUILD}"))[0] == 403
        with pytest.raises(ValueError, match="invited"):
            moves.join(GUILD, APPLICATION_ID, JOINED)
        moves.invite(GUILD, APPLICATION_ID, JOINED)
        [(name, body)] = await raw.dispatches()
        [own] = on.guild.members[APPLICATION_ID].roles
        assert (name, [each["user"]["id"] for each in body["members"]]) == ("GUILD_CREATE", [str(APPLICATION_ID)])
        assert (on.guild.roles[own].position, on.guild.roles[own].managed) == (1, True)
        path = f"/guilds/{GUILD}/members/{BEN}/roles/{OTHER_LOW_ROLE}"
        assert (await on.rest("PUT", path))[1]["code"] == 50013
        on.discord.guild_changes.change_role(GUILD, OWNER, own, position=3)
        assert (await on.rest("PUT", path))[0] == 204
        await raw.socket.close()


async def test_another_bot_has_a_role_of_its_own_and_edits_roles() -> None:
    async with harness() as on:
        other = on.discord.departures.add_bot(GUILD, "Role Bot", JOINED, position=5)
        guild = on.guild
        on.discord.role_edits.give(guild, guild.members[BEN], guild.roles[LOW_ROLE], other, "holder")
        [added, entry] = on.discord.audit_log
        assert (added.action_type, added.target_id) == (28, other)
        assert (entry.user_id, entry.added, entry.reason) == (other, (LOW_ROLE,), "holder")
        on.discord.departures.leave(GUILD, other)
        assert [role.name for role in guild.roles.values() if role.managed] == ["Tessera", "Booster"]


@pytest.mark.parametrize(("privileged", "flags"), [(0, 1 << 23), (GUILD_MEMBERS, 1 << 23 | 1 << 15)])
async def test_the_flags_of_the_application_say_which_intents_are_switched_on(privileged: int, flags: int) -> None:
    async with harness(privileged_intents=privileged) as on:
        assert (await on.rest("GET", "/oauth2/applications/@me"))[1]["flags"] == flags
