"""Saving gates says how many members came under them, and their members are looked at whatever happens to that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cogs.gates.gate_embeds import saved_embed
from bot.cogs.gates.gate_proposal import Proposal
from bot.cogs.gates.gate_saving import GateSaving, Outlook
from bot.errors import StoreError
from bot.gates.gate import Gate, GateDraft, GateState
from bot.gates.rule import AccountIn
from bot.messages import Message
from bot.store import Store
from bot.sync.results import Preview
from bot.sync.sync import Sync
from tests.sync.fake_discord import FakeDiscord

AT = datetime(2026, 11, 26, 17, tzinfo=UTC)
DRAFT = GateDraft(7, AccountIn())
_FULL = Message("The disk is full.")


class AdoptingSync(Sync):
    """Adopts all but one, or fails."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.changed: list[int] = []

    async def adopt(self, guild_id: int, gate_id: int, user_ids: Sequence[int], *, by: int) -> int:
        assert (guild_id, gate_id, by) == (1, 12, 9)
        if self.fails:
            raise StoreError(_FULL)
        return len(user_ids) - 1

    async def gates_changed(self, guild_id: int) -> None:
        self.changed.append(guild_id)


async def save(_: Proposal, __: int) -> Sequence[Gate]:
    """Saved."""
    return [Gate(12, 1, DRAFT, GateState.ACTIVE, AT, AT)]


async def test_how_many_came_under_a_gate_is_said_and_not_how_many_were_expected(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "tessera.db", backups=tmp_path / "backups")
    proposal = Proposal("Import", (DRAFT,), save, adopts=True)
    outlook = Outlook(Preview(AT, 1), holders={7: [1, 2, 3]})
    try:
        sync = AdoptingSync()
        saved = await GateSaving(store, sync, FakeDiscord()).save(1, proposal, outlook, 9)
        assert saved
        words = str(saved_embed(proposal, saved).description)
        assert "**2** linked members came under their gates.\n1 other did not: they have the role no longer" in words
        all_came = str(saved_embed(proposal, replace(saved, adopted=1, left_out=0)).description)
        assert "**1** linked member came under its gate.\n" in all_came
        assert "Discord gave no answer" not in all_came
        assert "about 3 linked members" in str(saved_embed(proposal, replace(saved, unanswered=3)).description)
        failing = AdoptingSync(fails=True)
        with pytest.raises(StoreError):
            await GateSaving(store, failing, FakeDiscord()).save(1, proposal, outlook, 9)
        assert failing.changed == [1]
    finally:
        await store.close()
