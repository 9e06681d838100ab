"""Sync, as the commands see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.gates.gate import GateDraft
from bot.roles.safety import Hold
from bot.sources.askers import Asker
from bot.sync.results import MemberReport, Preview, Run, Staged, SyncStatus


class Sync:
    """Every method may raise `StoreError`; nothing is half-saved."""

    async def seen(self, guild_id: int, user_id: int, joined_at: datetime) -> None:
        """Discord gave a member of a server in an interaction: they are due there. Cheap, and can be repeated."""
        raise NotImplementedError

    async def look_at(self, guild_id: int, user_id: int, asker: Asker, *, fresh: bool = True) -> MemberReport:
        """Judge one member now, make the changes that are due, and report.

        Args:
            guild_id: The server.
            user_id: The member.
            asker: Who waits for it.
            fresh: Read their accounts at the sources first; False: judge from what is stored.
        """
        raise NotImplementedError

    async def own_act(self, user_id: int) -> Sequence[MemberReport]:
        """A member unlinked an account or deleted their data: what they no longer earn is taken at once, everywhere."""
        raise NotImplementedError

    async def cost_of(self, user_id: int, *, without: Sequence[str] | None) -> Sequence[MemberReport]:
        """What `own_act` would take if these accounts (None: all) were no longer theirs; changes nothing."""
        raise NotImplementedError

    async def explain(self, guild_id: int, user_id: int) -> MemberReport:
        """How a member stands, from what is stored; reads nothing and changes nothing."""
        raise NotImplementedError

    async def preview(self, guild_id: int, drafts: Sequence[GateDraft]) -> Preview:
        """What would follow if these drafts replaced the gates of their roles; changes nothing."""
        raise NotImplementedError

    async def gates_changed(self, guild_id: int) -> None:
        """The gates or the settings of a server were changed: all of its members are due."""
        raise NotImplementedError

    async def adopt(self, guild_id: int, gate_id: int, user_ids: Sequence[int], *, by: int) -> int:
        """Put members who have a gate's role already under the gate, so that it may be taken; how many."""
        raise NotImplementedError

    async def run_now(self, guild_id: int) -> None:
        """Read and judge every member of a server as soon as possible."""
        raise NotImplementedError

    async def status(self, guild_id: int) -> SyncStatus:
        """How sync stands in a server."""
        raise NotImplementedError

    async def hold(self, guild_id: int, *, by: int) -> Hold:
        """Take no role in a server until `release`."""
        raise NotImplementedError

    async def release(self, guild_id: int, *, by: int) -> bool:
        """End the admin's hold; whether there was one. Misses are counted again from the beginning."""
        raise NotImplementedError

    async def staged(self, guild_id: int) -> Sequence[Staged]:
        """The removals that wait for a person."""
        raise NotImplementedError

    async def approve(self, guild_id: int, *, by: int) -> int:
        """Let the removals that wait now be made, if their members still do not qualify; how many."""
        raise NotImplementedError

    async def discard(self, guild_id: int, *, by: int) -> int:
        """Leave the roles with the members whose removals wait now; how many. See `Misses.excused_until`."""
        raise NotImplementedError

    async def look_again(self, guild_id: int, *, by: int) -> int:
        """What was wrong is repaired: forget the misses of those who wait, and read them again now; how many."""
        raise NotImplementedError

    async def runs(self, guild_id: int, limit: int = 10) -> Sequence[Run]:
        """The latest runs that changed something, newest first."""
        raise NotImplementedError

    async def undo(self, guild_id: int, run_id: int, *, by: int) -> int:
        """Give back every role that a run took, and excuse those members; how many."""
        raise NotImplementedError
