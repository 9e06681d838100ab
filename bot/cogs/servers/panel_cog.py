"""`/panel post`: one lasting message with Verify, My roles and Refresh, for members who know no commands.

For members who may configure Tessera. It is posted in the channel of the command, where the bot must be able to post.
Each press is answered privately, as the commands are; the buttons work after a restart, and never end.
"""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.servers.admin_rights import guild_of, require_admin
from bot.cogs.servers.channel_access import missing_of
from bot.cogs.servers.panel_embeds import PRESSED, Entry, panel_embed, panel_view
from bot.errors import InputError
from bot.gates.gate import GuildSettings
from bot.messages import Message
from bot.store.gates.settings_table import SettingsTable
from bot.text import safe_text
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.embeds import done_embed
from bot.ui.lasting_buttons import answer_press
from bot.ui.panel import Action
from bot.ui.pressed import custom_id_of
from bot.ui.reader_locales import for_guild

_NOT_A_CHANNEL = Message("The panel is posted in a text channel: use the command in one.")
_CANNOT_POST = Message(
    "Tessera cannot post here: it lacks {missing} in this channel. Give its role these permissions, then use the "
    "command again."
)
_POSTED_TITLE = Message("Posted")
_POSTED = Message("[The message]({link}) is there. Its buttons work until you delete it; pin it if you like.")
_NAME = 80


@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
class PanelCog(
    commands.GroupCog, name="Panel", group_name="panel", group_description="The message that members begin with"
):
    """Posts it, and answers its buttons.

    Args:
        bot: The client.
        table: Says who may configure.
        defaults: What a server has that has set nothing.
        public_url: The page on which members prove accounts; "" where there is none.
        verify: Begins a proof; like the others it gets a press that is not acknowledged yet.
        roles: Shows a member's roles.
        refresh: Reads their accounts.
    """

    def __init__(
        self,
        bot: Bot,
        table: SettingsTable,
        *,
        defaults: GuildSettings,
        public_url: str,
        verify: Action,
        roles: Action,
        refresh: Action,
    ) -> None:
        self._bot = bot
        self._table = table
        self._defaults = defaults
        self._public_url = public_url
        self._actions = {Entry.VERIFY: verify, Entry.ROLES: roles, Entry.REFRESH: refresh}
        bot.answered_elsewhere(PRESSED)

    @app_commands.command(name="post", description="Post the message with Verify, My roles and Refresh in this channel")
    async def post(self, interaction: discord.Interaction[Bot]) -> None:
        """Post it in the channel of the command."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild = guild_of(interaction)
        require_admin(interaction, await self._table.of(guild.id, self._defaults))
        channel = interaction.channel
        if not isinstance(channel, discord.TextChannel | discord.Thread | discord.VoiceChannel):
            raise InputError(_NOT_A_CHANNEL)
        # Of the interaction: they are those of this very channel, with its own exceptions.
        if missing := missing_of(interaction.app_permissions):
            raise InputError(_CANNOT_POST, missing=", ".join(missing))
        with for_guild(guild):
            embed, view = panel_embed(safe_text(guild.name, _NAME), self._public_url), panel_view()
        message = await sending.post(self._bot, channel, embed=embed, view=view)
        words = _POSTED(link=message.jump_url).render()
        await sending.edit_answer(interaction, embed=done_embed(_POSTED_TITLE().render(), words))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Bot]) -> None:
        """Answer a press, also of a message that an earlier process posted."""
        if entry := Entry.of(custom_id_of(interaction)):
            await answer_press(interaction, self._actions[entry])
