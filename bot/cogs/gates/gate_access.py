"""Who may change a server's gates, and what they may put under one: asked at every command and at every press."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bot.cogs.servers.admin_rights import guild_of, require_admin
from bot.errors import InputError, UndecidedError
from bot.gates.gate import Gate, GateDraft
from bot.messages import Message
from bot.roles.eligibility import GuildRoles, ProblemCode, refusal_to_gate
from bot.store import Store
from bot.sync.ports import Discord
from bot.text import safe_text

_NO_SUCH_GATE = Message("There is no gate “{typed}” here: choose one from the list, or see `/gate list`.")
_SEVERAL_GATES = Message("Several roles here have the name “{typed}”: name the gate by its number. There are {gates}.")
_NOT_AVAILABLE = Message("Discord does not report the roles of this server right now. Try again in a minute.")
_UNKNOWN_ROLE = Message("role {role_id}")
_ROLE_NAME = 60
_MOST_LISTED = 10


class GateAccess:
    """Decides it.

    Args:
        store: Knows gates and settings.
        roles: Knows the roles of servers.
    """

    def __init__(self, store: Store, roles: Discord) -> None:
        self._store = store
        self._roles = roles

    async def require(self, interaction: discord.Interaction[Any]) -> int:
        """The server of an interaction, whose gates the person may change.

        Raises:
            InputError: they may not.
        """
        guild = guild_of(interaction)
        require_admin(interaction, await self._store.guild_settings.of(guild.id))
        return guild.id

    def guild_roles(self, guild_id: int) -> GuildRoles:
        """A server's roles.

        Raises:
            UndecidedError: Discord does not report them now.
        """
        found = self._roles.guild_roles(guild_id)
        if found is None:
            raise UndecidedError(_NOT_AVAILABLE)
        return found

    def role_name(self, guild_id: int, role_id: int) -> str:
        """A role's name, safe to show."""
        found = self._roles.guild_roles(guild_id)
        role = found.roles.get(role_id) if found else None
        return safe_text(role.name, _ROLE_NAME, plain=True) if role else _UNKNOWN_ROLE(role_id=role_id).render()

    def unconfirmed(self, interaction: discord.Interaction[Any], draft: GateDraft) -> tuple[str, ...]:
        """Permissions of the role that must be confirmed by typing its name; (): none.

        Raises:
            InputError: the person may not put that role under a gate, or nobody may.
        """
        guild = self.guild_roles(interaction.guild_id or 0)
        user = interaction.user
        problem = refusal_to_gate(
            draft.role_id,
            guild,
            caller_id=user.id,
            caller_roles=frozenset(role.id for role in user.roles) if isinstance(user, discord.Member) else frozenset(),
            caller_powers=frozenset(name for name, value in interaction.permissions if value),
            confirmed_powers=draft.confirmed_powers,
        )
        if problem is None:
            return ()
        if problem.code is not ProblemCode.UNCONFIRMED_POWERS:
            raise InputError(problem.words)
        return problem.powers

    async def gate(self, guild_id: int, typed: str) -> Gate:
        """The gate that is chosen by its number, or by the name or the id of its role.

        Raises:
            InputError: there is none, or there are several.
        """
        gates = await self._store.gates.of_guild(guild_id)
        wanted = typed.strip().removeprefix("#").removeprefix("<@&").removesuffix(">").removeprefix("@")
        found = [gate for gate in gates if wanted in (str(gate.gate_id), str(gate.role_id))]
        if not found:
            names = {gate.gate_id: self.role_name(guild_id, gate.role_id).casefold() for gate in gates}
            found = [gate for gate in gates if names[gate.gate_id] == wanted.casefold()]
        if len(found) > 1:
            listed = ", ".join(f"#{gate.gate_id} (<@&{gate.role_id}>)" for gate in found[:_MOST_LISTED])
            raise InputError(_SEVERAL_GATES, typed=safe_text(typed, 80), gates=listed)
        if not found:
            raise InputError(_NO_SUCH_GATE, typed=safe_text(typed, 80))
        return found[0]

    async def matching(self, guild_id: int, typed: str) -> Sequence[tuple[Gate, str]]:
        """Gates whose role's name has what was typed in it, with these names; at most 25."""
        gates = await self._store.gates.of_guild(guild_id)
        named = [(gate, self.role_name(guild_id, gate.role_id)) for gate in gates]
        wanted = typed.strip().casefold()
        return [(gate, name) for gate, name in named if wanted in name.casefold() or wanted == str(gate.gate_id)][:25]


def role_names(guild: GuildRoles) -> Mapping[int, str]:
    """The names of a server's roles as Discord has them."""
    return {role_id: role.name for role_id, role in guild.roles.items() if role_id != guild.guild_id}
