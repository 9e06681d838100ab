"""`/gate export` and `/gate import`: gates as a file that admins read, compare, edit, or bring from another bot."""

from __future__ import annotations

import asyncio
import io
import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import discord
from discord import app_commands

from bot.cogs.gates.attached_file import content_of
from bot.cogs.gates.gate_access import role_names
from bot.cogs.gates.gate_base import GateBase
from bot.cogs.gates.gate_proposal import Proposal
from bot.errors import InputError
from bot.gates.file_lines import LineProblems
from bot.gates.gate import Gate, GateDraft
from bot.gates.gate_csv import is_table, read_table
from bot.gates.gate_file import FileGate, GateFile, ReadRule, read_gates, write_gates
from bot.gates.rule import CollectionRef
from bot.gates.rule_needs import collections_of
from bot.messages import Message
from bot.names import Names
from bot.sources.askers import Asker
from bot.text import safe_text
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.embeds import done_embed
from bot.ui.panel import Host, Modal, Panel
from bot.ui.typed_input import GATES_FIELD

_NO_ROLE = Message("there is no role “{role}” in this server.")
_SEVERAL_ROLES = Message("several roles have the name “{role}”: write `role_id` too.")
_ROLE_TWICE = Message("“{role}” has a gate in line {line} already: join both with `or`.")
_NO_COLLECTION = Message("there is no collection `{collection}`, says its source.")

_EXPORTED_TITLE = Message("Exported")
_EXPORTED = Message(
    "{count:,} gate. `/gate import` reads the file again.", "{count:,} gates. `/gate import` reads the file again."
)
_IMPORT = Message("Import")
_IMPORTS = Message("Import {count:,} gate", "Import {count:,} gates")
_IMPORT_TITLE = Message("Import gates")
_PASTE = Message("YAML of /gate export, or a table (CSV)")

_LONGEST_RULE = 200_000
_NAME = 80
_MOST_ASKED = 10


class GateFiles(GateBase):
    """Export and import."""

    @app_commands.command(name="export", description="The gates of this server as a file, to keep or to compare")
    async def export(self, interaction: discord.Interaction[Bot]) -> None:
        """Send the file."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild_id = await self._access.require(interaction)
        gates = await self._store.gates.of_guild(guild_id)
        sets = set((await self._store.gates.aliases(guild_id)).values())
        names = role_names(self._access.guild_roles(guild_id))
        text = write_gates(
            gates, sets, lambda role_id: names.get(role_id, "(a role that is gone)"), self._names.networks
        )
        file = discord.File(io.BytesIO(text.encode()), filename="gates.yaml")
        embed = done_embed(_EXPORTED_TITLE().render(), _EXPORTED(count=len(gates)).render())
        await sending.edit_answer(interaction, embed=embed, attachments=[file])

    @app_commands.command(name="import", description="Gates from a file, as `/gate export` wrote it, or from a table")
    @app_commands.describe(
        file="YAML or CSV, see docs/gates.md; empty: paste it",
        adopt="Members who have the roles already come under the gates",
        replace="Remove the gates of roles that the file does not name",
    )
    async def import_(
        self,
        interaction: discord.Interaction[Bot],
        file: discord.Attachment | None = None,
        adopt: bool = False,  # noqa: FBT001, FBT002 - a slash command's option
        replace: bool = False,  # noqa: FBT001, FBT002 - likewise
    ) -> None:
        """Propose what a file says."""

        async def propose(answered: discord.Interaction[Any], content: bytes) -> None:
            guild_id = await self._access.require(answered)

            async def make(asking: discord.Interaction[Any]) -> Proposal:
                return await self._proposal(asking, guild_id, content, adopts=adopt, replaces=replace)

            await self._propose(answered, make)

        if file is None:
            await self._open_modal(interaction, _IMPORT().render(), lambda panel: PasteModal(panel, self._bot, propose))
            return
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._access.require(interaction)
        await propose(interaction, await content_of(file))

    async def _proposal(
        self, interaction: discord.Interaction[Any], guild_id: int, content: bytes, *, adopts: bool, replaces: bool
    ) -> Proposal:
        state = await self._store.gates.version(guild_id)
        read_rule = await self._names.rule_reader(guild_id, _LONGEST_RULE)
        read = await read_apart(content, read_rule, self._names.networks)
        gates = await self._store.gates.of_guild(guild_id)
        drafts = drafts_of(read, role_names(self._access.guild_roles(guild_id)), gates)
        self._refuse_roles(interaction, read, drafts)
        await self._refuse_collections(interaction, read)
        named = {draft.role_id for draft in drafts}
        removed = tuple(gate for gate in gates if gate.role_id not in named) if replaces else ()
        by = interaction.user.id

        async def save(proposal: Proposal, version: int) -> Sequence[Gate] | None:
            saved = await self._store.gates.replace_all(
                guild_id,
                proposal.drafts,
                by,
                self._clock(),
                aliases=read.aliases,
                removes_others=replaces,
                version=version,
            )
            return None if saved is None else [gate for gate in saved if gate.role_id in named]

        title = _IMPORTS(count=len(drafts)).render()
        aliases = read.aliases or ()
        before = await self._store.gates.aliases(guild_id) if read.aliases is not None else {}
        touches = await self._about(guild_id, {*before, *itertools.chain(*aliases)})
        return Proposal(
            title,
            drafts,
            save,
            removed=removed,
            adopts=adopts,
            aliases=aliases,
            parted=frozenset(before),
            touches=touches,
            version=state,
        )

    def _refuse_roles(self, interaction: discord.Interaction[Any], read: GateFile, drafts: Sequence[GateDraft]) -> None:
        """Refuse a file with a role that the person may not put under a gate, with its line."""
        problems = LineProblems()
        for gate, draft in zip(read.gates, drafts, strict=True):
            try:
                self._access.unconfirmed(interaction, draft)
            except InputError as error:
                problems.add(gate.line, error.words)
        problems.refuse()

    async def _refuse_collections(self, interaction: discord.Interaction[Any], read: GateFile) -> None:
        """Refuse a file with a collection that its source does not know, with its line; the first ones are asked of."""
        lines: dict[CollectionRef, int] = {}
        for gate in read.gates:
            for collection in collections_of(gate.rule):
                lines.setdefault(collection, gate.line)
        problems = LineProblems()
        for collection, line in itertools.islice(lines.items(), _MOST_ASKED):
            try:
                await self._names.require(interaction.guild_id or 0, collection, Asker.member(interaction.user.id))
            except InputError:
                problems.add(line, _NO_COLLECTION(collection=str(collection)))
        problems.refuse()


class PasteModal(Modal):
    """Asks for the text of a file.

    Args:
        panel: Decides who may send it, and answers errors.
        host: Acknowledges it.
        act: Gets what was pasted.
    """

    def __init__(
        self, panel: Panel, host: Host, act: Callable[[discord.Interaction[Any], bytes], Awaitable[None]]
    ) -> None:
        super().__init__(panel, "gate-import", _IMPORT_TITLE().render())
        self._host = host
        self._act = act
        self._text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=_PASTE().render(),
            custom_id=GATES_FIELD,
            style=discord.TextStyle.paragraph,
            placeholder="role,collection,min,max,ids",
            max_length=4000,
        )
        self.add_item(self._text)

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Pass on what was pasted."""
        await self._host.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._act(interaction, self._text.value.encode())


async def read_apart(content: bytes, read_rule: ReadRule, names: Names) -> GateFile:
    """What a file or a table says, read in a thread of its own: a large one takes longer than others should wait.

    Raises:
        InputError: with the lines that are wrong.
    """
    if is_table(content):
        return await asyncio.to_thread(read_table, content, read_rule, names)
    return await asyncio.to_thread(
        read_gates, content, read_rule, lambda text: CollectionRef(*names.parse_collection(text))
    )


def drafts_of(read: GateFile, names: Mapping[int, str], gates: Sequence[Gate]) -> tuple[GateDraft, ...]:
    """The gates of a file with the roles of a server: by id where that is one of its, else by name.

    Raises:
        InputError: with the lines whose role is not there, or not one.
    """
    confirmed = {gate.role_id: gate.draft.confirmed_powers for gate in gates}
    problems, found = LineProblems(), dict[int, GateDraft]()
    lines: dict[int, int] = {}
    for gate in read.gates:
        role_id = _role_of(gate, names, problems)
        if role_id is None:
            continue
        if role_id in found:
            problems.add(gate.line, _ROLE_TWICE(role=safe_text(gate.role, _NAME), line=lines[role_id]))
        lines[role_id] = gate.line
        found[role_id] = GateDraft(
            role_id=role_id,
            rule=gate.rule,
            grace=gate.grace,
            never_remove=gate.never_remove,
            is_sensitive=gate.is_sensitive,
            ladder=gate.ladder,
            rank=gate.rank,
            confirmed_powers=confirmed.get(role_id, frozenset()),
        )
    problems.refuse()
    return tuple(found.values())


def _role_of(gate: FileGate, names: Mapping[int, str], problems: LineProblems) -> int | None:
    if gate.role_id in names:
        return gate.role_id
    same = [role_id for role_id, name in names.items() if name.strip() == gate.role.strip()]
    if not same:
        wanted = gate.role.strip().casefold()
        same = [role_id for role_id, name in names.items() if name.strip().casefold() == wanted]
    if len(same) == 1:
        return same[0]
    problem = _SEVERAL_ROLES if same else _NO_ROLE
    problems.add(gate.line, problem(role=safe_text(gate.role, _NAME)))
    return None
