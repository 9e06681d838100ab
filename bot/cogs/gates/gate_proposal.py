"""A change of gates that waits for its preview to be looked at: what would be saved, and how."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import discord

from bot.gates.gate import Gate, GateDraft
from bot.gates.rule import CollectionRef

# Saves the drafts of a proposal, unless the server's version is another by now: then None, and nothing is saved.
Save = Callable[["Proposal", int], Awaitable[Sequence[Gate] | None]]
# Makes a proposal for the person who presses or uses the command, from what there is at that moment.
Make = Callable[[discord.Interaction[Any]], Awaitable["Proposal"]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of gates.

    Attributes:
        title: What it does, in a few words.
        drafts: The gates as they would be; one that is removed is not among them.
        save: Saves them.
        removed: Gates that would be removed: their roles stay with the members.
        adopts: Members who have a role already come under its gate in the same step.
        aliases: Sets of collections that would count as the same.
        parted: Collections that would stand for themselves, before these sets are joined.
        resumes: The gates of these roles are paused, and would be no longer.
        touches: Gates that stay as they are, and would be earned by something else: to change that takes the same
            rights as for changing them.
        pauses: The gates of these roles work, and would be paused.
        settings: What else would be set, each from what it is to what it would be: its effect is not previewed.
        notes: What an admin should know besides.
        names: Names of collections, safe to show.
        version: Of the server's gates and settings, read before anything that it was made from; None: it was made from
            nothing that others may change.
        again: Makes it again where the version is another by now.
    """

    title: str
    drafts: tuple[GateDraft, ...]
    save: Save
    removed: tuple[Gate, ...] = ()
    adopts: bool = False
    aliases: tuple[tuple[CollectionRef, ...], ...] = field(default=())
    parted: frozenset[CollectionRef] = frozenset()
    resumes: frozenset[int] = frozenset()
    pauses: frozenset[int] = frozenset()
    settings: tuple[str, ...] = ()
    touches: tuple[GateDraft, ...] = ()
    notes: tuple[str, ...] = ()
    names: Mapping[CollectionRef, str] = field(default_factory=dict)
    version: int | None = None
    again: Make | None = None

    def confirming(self, role_id: int, powers: frozenset[str]) -> Proposal:
        """The same, with permissions of a role confirmed."""
        drafts = tuple(
            replace(draft, confirmed_powers=draft.confirmed_powers | powers) if draft.role_id == role_id else draft
            for draft in self.drafts
        )
        return replace(self, drafts=drafts)
