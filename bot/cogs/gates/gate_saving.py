"""What would follow from a change of gates, and making it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.cogs.gates.gate_proposal import Proposal
from bot.gates.gate import Gate, GateDraft, GateState
from bot.roles.grants import GrantState
from bot.store import Store
from bot.sync.ports import Discord, DiscordError, Presence
from bot.sync.results import Preview
from bot.sync.sync import Sync


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would follow from a proposal.

    Attributes:
        preview: For the linked members of the server.
        in_discord: Role → how many members have it in Discord, of gates that are new; what is missing is not known.
        holders: Role → linked members who have it, are not under its gate yet and would come under it; only where the
            proposal adopts.
        unanswered: About how many linked members Discord did not say what roles they have; likewise.
        paused: Roles whose gates are paused, and stay so.
        admin_role_id: The role that may configure Tessera; None: there is none.
    """

    preview: Preview
    in_discord: Mapping[int, int] = field(default_factory=dict)
    holders: Mapping[int, Sequence[int]] = field(default_factory=dict)
    unanswered: int = 0
    paused: frozenset[int] = frozenset()
    admin_role_id: int | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved of a proposal.

    Attributes:
        gates: As they are saved.
        adopted: How many members came under them.
        left_out: How many did not who were to.
        unanswered: About how many Discord did not say what roles they have.
    """

    gates: Sequence[Gate]
    adopted: int = 0
    left_out: int = 0
    unanswered: int = 0


class GateSaving:
    """Previews and makes changes of gates.

    Args:
        store: Where gates are.
        sync: Knows what would follow, and does it.
        roles: Discord.
    """

    def __init__(self, store: Store, sync: Sync, roles: Discord) -> None:
        self._store = store
        self._sync = sync
        self._roles = roles

    async def outlook(self, guild_id: int, proposal: Proposal) -> Outlook:
        """What would follow.

        Raises:
            StoreError: the store failed.
        """
        removed = [gate.role_id for gate in proposal.removed]
        preview = await self._sync.preview(
            guild_id,
            proposal.drafts,
            aliases=proposal.aliases,
            parted=proposal.parted,
            removed=removed,
            resumed=proposal.resumes,
        )
        gates = await self._store.gates.of_guild(guild_id)
        gated = {gate.role_id for gate in gates}
        paused = {gate.role_id for gate in gates if gate.state is GateState.PAUSED} - proposal.resumes
        paused |= proposal.pauses
        new = [draft.role_id for draft in proposal.drafts if draft.role_id not in gated]
        in_discord = await self._in_discord(guild_id, new) if new else {}
        roles = [draft.role_id for draft in proposal.drafts]
        holders, unanswered = await self.holders(guild_id, roles) if proposal.adopts else ({}, 0)
        others = await self.not_under_gates(guild_id, holders)
        admin_role_id = (await self._store.guild_settings.of(guild_id)).admin_role_id
        shown = _without(preview, proposal.pauses)
        return Outlook(shown, in_discord, others, unanswered, frozenset(paused), admin_role_id)

    async def save(self, guild_id: int, proposal: Proposal, outlook: Outlook, by: int) -> Saved | None:
        """Save a proposal as it was previewed, and let its consequences begin; None: the preview is out of date.

        Raises:
            StoreError: the store failed.
        """
        saved = await proposal.save(proposal, outlook.preview.version)
        if saved is None:
            return None
        adopted = wanted = 0
        try:
            for gate in saved:
                if user_ids := outlook.holders.get(gate.role_id):
                    wanted += len(user_ids)
                    adopted += await self._sync.adopt(guild_id, gate.gate_id, user_ids, by=by)
        finally:
            await self._sync.gates_changed(guild_id)
        return Saved(saved, adopted, wanted - adopted, outlook.unanswered)

    async def adopt(self, guild_id: int, gate: Gate, user_ids: Sequence[int], by: int) -> int:
        """Put members who have a gate's role already under it; how many."""
        return await self._sync.adopt(guild_id, gate.gate_id, user_ids, by=by)

    async def changed(self, guild_id: int) -> None:
        """Gates were changed: all members of the server are due."""
        await self._sync.gates_changed(guild_id)

    async def holders(self, guild_id: int, role_ids: Collection[int]) -> tuple[Mapping[int, Sequence[int]], int]:
        """Role → linked members who have it in Discord now; and about how many Discord gives no answer now.

        Raises:
            DiscordError: it gives none at all.
        """
        user_ids = [member.user_id for member in await self._store.sync.members.present(guild_id)]
        found = await self._roles.read_members(guild_id, user_ids)
        present = [member for member in found.values() if member.presence is Presence.PRESENT]
        holders = {role_id: [each.user_id for each in present if role_id in each.roles] for role_id in role_ids}
        return holders, sum(member.presence is Presence.UNKNOWN for member in found.values())

    async def not_under_gates(self, guild_id: int, holders: Mapping[int, Sequence[int]]) -> Mapping[int, Sequence[int]]:
        """Role → those of its holders whom its gate may not take it from yet."""
        everybody = sorted({user_id for user_ids in holders.values() for user_id in user_ids})
        grants = await self._store.sync.ledger.of_members(guild_id, everybody) if everybody else {}

        def is_under(user_id: int, role_id: int) -> bool:
            grant = grants.get(user_id, {}).get(role_id)
            return grant is not None and grant.state is not GrantState.FOUND

        return {
            role_id: [user_id for user_id in user_ids if not is_under(user_id, role_id)]
            for role_id, user_ids in holders.items()
        }

    async def _in_discord(self, guild_id: int, role_ids: Sequence[int]) -> Mapping[int, int]:
        try:
            counts = await self._roles.count_role_members(guild_id)
        except DiscordError:
            return {}
        return {role_id: counts[role_id] for role_id in role_ids if role_id in counts} if counts else {}


def _without(preview: Preview, paused: Collection[int]) -> Preview:
    """By a gate that would be paused nobody gains or loses its role."""
    gain, lose, unknown = (
        {role_id: members for role_id, members in outcome.items() if role_id not in paused}
        for outcome in (preview.gain, preview.lose, preview.unknown)
    )
    return replace(preview, gain=gain, lose=lose, unknown=unknown)


def saving(
    save: Callable[[GateDraft, int], Awaitable[Gate | None]],
) -> Callable[[Proposal, int], Awaitable[Sequence[Gate] | None]]:
    """How a proposal with one draft is saved."""

    async def save_one(proposal: Proposal, version: int) -> Sequence[Gate] | None:
        gate = await save(proposal.drafts[0], version)
        return None if gate is None else [gate]

    return save_one
