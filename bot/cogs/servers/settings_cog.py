"""`/settings`: what a server has set about its roles, and every change of it.

For members with Manage Server, or with the role that these named; only the former may name it. It is asked again at
every command. Each change is made from what is stored at that moment, and is kept with who and when.

/settings show                  everything, with menus and buttons, or the command, that change it
/settings log channel?          where role changes and alerts are posted; empty: nowhere
/settings grace hours           how long a role is retained after its holder no longer qualifies
/settings cool-down hours       how long after an account's proof a sensitive role is given
/settings protect member? role? nothing is ever taken from them; `unprotect` ends that, with neither: of deleted roles
/settings exclude account? collection?   never counts here; `include` ends that
/settings visibility requirements? addresses?   whether members see what unlocks roles; which accounts exports name
/settings admin-role role?      who may configure besides Manage Server; empty: nobody
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.servers import setting_answers
from bot.cogs.servers.admin_rights import guild_of, require_admin, require_manager
from bot.cogs.servers.channel_access import missing_to_post
from bot.cogs.servers.setting_changes import (
    Exclusions,
    excluding,
    including,
    protecting,
    seeing,
    unprotecting,
    unprotecting_deleted,
)
from bot.cogs.servers.setting_targets import EVERYONE, known_roles, named, of_either, span
from bot.cogs.servers.settings_embeds import cool_down_words, grace_words, seen_words, settings_embed
from bot.cogs.servers.settings_panel import MOST_HOURS, SettingActs, SettingsPanel
from bot.errors import InputError, UndecidedError
from bot.gates.gate import GuildSettings
from bot.gates.rule import CollectionRef
from bot.lookup.lookup import Lookup
from bot.messages import Message, Words
from bot.sources.askers import Asker
from bot.store.gates.settings_table import SettingsTable
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.panel import TOKEN_SECONDS

_CANNOT_POST = Message(
    "Tessera cannot post in {channel}: it lacks {missing} there. Give its role these permissions in that channel, then "
    "use the command again. Nothing was changed."
)
_NOT_REPORTED = Message(
    "Discord has not yet reported what Tessera may do in this server. Nothing was changed: try again in a minute."
)
_OTHER_SERVER = Message("That channel is not one of this server. Nothing was changed.")
_ACCOUNT_OR_COLLECTION = Message("Name an account or a collection, or both.")

Change = Callable[[GuildSettings], GuildSettings]


@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
class SettingsCog(
    commands.GroupCog, name="Settings", group_name="settings", group_description="What this server has set"
):
    """A server's settings.

    Args:
        bot: The client.
        table: Holds them.
        lookup: Reads what is typed as an account or a collection.
        defaults: What a server has that has set nothing.
        clock: Returns the present as an aware datetime.
        changed: Lets sync judge that server's members again.
        expires: Seconds without a press until menus and buttons are disabled.
    """

    def __init__(
        self,
        bot: Bot,
        table: SettingsTable,
        lookup: Lookup,
        *,
        defaults: GuildSettings,
        clock: Callable[[], datetime],
        changed: Callable[[int], Awaitable[None]],
        expires: float = TOKEN_SECONDS,
    ) -> None:
        self._bot = bot
        self._table = table
        self._lookup = lookup
        self._defaults = defaults
        self._clock = clock
        self._changed = changed
        self._expires = expires
        self._acts = SettingActs(
            log=self._choose_log,
            admin_role=self._set_admin_role,
            grace=self._set_grace,
            cool_down=self._set_cool_down,
            visibility=self._set_visibility,
        )

    @app_commands.command(name="show", description="Everything that is set in this server")
    async def show(self, interaction: discord.Interaction[Bot]) -> None:
        """Show the settings."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._show(interaction, await self._present(interaction))

    @app_commands.command(name="log", description="Where role changes and alerts are posted")
    @app_commands.describe(channel="Empty: nowhere")
    async def log(self, interaction: discord.Interaction[Bot], channel: discord.TextChannel | None = None) -> None:
        """Set or end the log channel; one in which the bot cannot post is refused."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._set_log(interaction, channel)

    async def _choose_log(self, interaction: discord.Interaction[Bot], channel_id: int) -> None:
        channel = guild_of(interaction).get_channel(channel_id)
        if not isinstance(channel, discord.TextChannel):
            raise InputError(_OTHER_SERVER)
        await self._set_log(interaction, channel)

    async def _set_log(self, interaction: discord.Interaction[Bot], channel: discord.TextChannel | None) -> None:
        await self._present(interaction)
        if channel and channel.guild.id != interaction.guild_id:
            raise InputError(_OTHER_SERVER)
        missing = missing_to_post(channel) if channel else ()
        if channel and missing is None:
            raise UndecidedError(_NOT_REPORTED)
        if channel and missing:
            raise InputError(_CANNOT_POST, channel=channel.mention, missing=", ".join(missing))
        channel_id = channel.id if channel else None
        done = setting_answers.POSTED_IN(channel=f"<#{channel_id}>") if channel_id else setting_answers.POSTED_NOWHERE()
        await self._save(interaction, lambda now: replace(now, log_channel_id=channel_id), done)

    @app_commands.command(name="grace", description="How long a role is retained after its holder no longer qualifies")
    @app_commands.describe(hours="0: not at all. A gate can have its own, by /gate edit")
    async def grace(
        self, interaction: discord.Interaction[Bot], hours: app_commands.Range[float, 0, MOST_HOURS]
    ) -> None:
        """Set the grace."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._set_grace(interaction, hours)

    async def _set_grace(self, interaction: discord.Interaction[Bot], hours: float) -> None:
        wanted = span(hours)
        await self._save(
            interaction, lambda now: replace(now, grace=wanted), setting_answers.GRACE(grace=grace_words(wanted))
        )

    @app_commands.command(name="cool-down", description="How long sensitive roles wait after an account's first proof")
    @app_commands.describe(hours="0: not at all")
    async def cool_down(
        self, interaction: discord.Interaction[Bot], hours: app_commands.Range[float, 0, MOST_HOURS]
    ) -> None:
        """Set the cool-down."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._set_cool_down(interaction, hours)

    async def _set_cool_down(self, interaction: discord.Interaction[Bot], hours: float) -> None:
        wanted = span(hours)
        done = setting_answers.COOL_DOWN(cool_down=cool_down_words(wanted))
        await self._save(interaction, lambda now: replace(now, cool_down=wanted), done)

    @app_commands.command(name="protect", description="Never take a role from a member, or from all who have a role")
    @app_commands.describe(member="Nothing is ever taken from them", role="Nor from members who have this role")
    async def protect(
        self,
        interaction: discord.Interaction[Bot],
        member: discord.User | discord.Member | None = None,
        role: discord.Role | None = None,
    ) -> None:
        """Protect members."""
        done = setting_answers.PROTECTED(who=named(member, role))
        await self._change(interaction, lambda now: protecting(now, *of_either(interaction, member, role)), done)

    @app_commands.command(
        name="unprotect", description="End the protection of a member or of a role; with neither, of deleted roles"
    )
    @app_commands.describe(member="Roles can be taken from them again", role="And from members who have this role")
    async def unprotect(
        self,
        interaction: discord.Interaction[Bot],
        member: discord.User | discord.Member | None = None,
        role: discord.Role | None = None,
    ) -> None:
        """End a protection; Discord offers no deleted role to choose, so they go when nothing is chosen."""
        if member or role:
            done = setting_answers.UNPROTECTED(who=named(member, role))
            await self._change(interaction, lambda now: unprotecting(now, *of_either(interaction, member, role)), done)
            return
        known = known_roles(interaction)
        await self._change(
            interaction, lambda now: unprotecting_deleted(now, known), setting_answers.UNPROTECTED_GONE()
        )

    @app_commands.command(name="exclude", description="Let an account or a collection never count in this server")
    @app_commands.describe(account="10001, 0x…, vitalik.eth, eip155:1:0x…", collection="254, or eip155:1:0x…")
    async def exclude(
        self, interaction: discord.Interaction[Bot], account: str | None = None, collection: str | None = None
    ) -> None:
        """Exclude an account or a collection."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        what = await self._excluded(interaction, account, collection)
        await self._save(interaction, lambda now: excluding(now, what), setting_answers.EXCLUDED(what=what.words()))

    @app_commands.command(name="include", description="Let an account or a collection count again")
    @app_commands.describe(account="10001, 0x…, vitalik.eth, eip155:1:0x…", collection="254, or eip155:1:0x…")
    async def include(
        self, interaction: discord.Interaction[Bot], account: str | None = None, collection: str | None = None
    ) -> None:
        """End an exclusion."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        what = await self._excluded(interaction, account, collection)
        await self._save(interaction, lambda now: including(now, what), setting_answers.INCLUDED(what=what.words()))

    @app_commands.command(name="visibility", description="What members see of roles, and what exports name")
    @app_commands.describe(
        requirements="Yes: members see what unlocks each role. No: only the roles that they have",
        addresses="Yes: /holders export names all accounts. No: only those that members share here",
    )
    async def visibility(
        self,
        interaction: discord.Interaction[Bot],
        requirements: bool | None = None,  # noqa: FBT001 - a slash command's option
        addresses: bool | None = None,  # noqa: FBT001 - likewise
    ) -> None:
        """Set what members see, and what exports name."""
        done = seen_words(requirements=requirements, addresses=addresses)
        await self._change(interaction, lambda now: seeing(now, requirements=requirements, addresses=addresses), done)

    async def _set_visibility(self, interaction: discord.Interaction[Bot], requirements: bool) -> None:  # noqa: FBT001 - as the command has it
        done = seen_words(requirements=requirements)
        await self._save(interaction, lambda now: replace(now, shows_requirements=requirements), done)

    @app_commands.command(name="admin-role", description="Who may configure Tessera besides members with Manage Server")
    @app_commands.describe(role="Empty: nobody else")
    async def admin_role(self, interaction: discord.Interaction[Bot], role: discord.Role | None = None) -> None:
        """Name the role that may configure: only who has Manage Server may."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._set_admin_role(interaction, role.id if role else None)

    async def _set_admin_role(self, interaction: discord.Interaction[Bot], role_id: int | None) -> None:
        require_manager(interaction)
        if role_id == interaction.guild_id:
            raise InputError(EVERYONE)
        done = setting_answers.ADMIN_ROLE(role=f"<@&{role_id}>") if role_id else setting_answers.ONLY_MANAGERS()
        await self._save(interaction, lambda now: replace(now, admin_role_id=role_id), done)

    async def _present(self, interaction: discord.Interaction[Bot]) -> GuildSettings:
        """What is set now, for somebody who may see it."""
        settings = await self._table.of(guild_of(interaction).id, self._defaults)
        require_admin(interaction, settings)
        return settings

    async def _change(self, interaction: discord.Interaction[Bot], change: Change, done: Words) -> None:
        """Answer a command that needs nothing looked up; what `change` refuses is shown to those who may change it."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._save(interaction, change, done)

    async def _save(self, interaction: discord.Interaction[Bot], change: Change, done: Words) -> None:
        """Make a change, if its author may make it at that moment, and show everything that is set since."""
        guild_id = guild_of(interaction).id

        def checked(present: GuildSettings) -> GuildSettings:
            require_admin(interaction, present)
            return change(present)

        by, now = interaction.user.id, self._clock()
        settings = await self._table.change(guild_id, checked, by, now, self._defaults)
        await self._changed(guild_id)  # also where the answer cannot be shown
        await self._show(interaction, settings, done)

    async def _show(
        self, interaction: discord.Interaction[Bot], settings: GuildSettings, done: Words | None = None
    ) -> None:
        panel = SettingsPanel.pressed(interaction)
        if panel:
            panel.renew(interaction, settings)
        else:
            panel = SettingsPanel(interaction, settings, self._acts, expires=self._expires, host=self._bot)
        await sending.edit_answer(interaction, embed=settings_embed(settings, done), view=panel)

    async def _excluded(
        self, interaction: discord.Interaction[Bot], account: str | None, collection: str | None
    ) -> Exclusions:
        await self._present(interaction)
        if account is None and collection is None:
            raise InputError(_ACCOUNT_OR_COLLECTION)
        refs = frozenset({CollectionRef(*self._lookup.names.parse_collection(collection))} if collection else ())
        if not account:
            return Exclusions(frozenset(), refs)
        parsed = self._lookup.names.parse_account(account)
        found = await self._lookup.resolve(parsed, Asker.member(interaction.user.id))
        return Exclusions(frozenset({found}), refs)
