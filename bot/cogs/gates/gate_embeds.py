"""What the commands about gates show to admins."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import discord

from bot.cogs.gates.gate_proposal import Proposal
from bot.cogs.gates.gate_saving import Outlook, Saved
from bot.cogs.gates.gate_warnings import unanswered_words, warnings_of
from bot.cogs.servers.settings_embeds import span_words
from bot.gates.describe import rule_words
from bot.gates.gate import Gate, GateDraft, GateState, ParkReason
from bot.gates.rule import CollectionRef
from bot.gates.rule_text import rule_text
from bot.messages import Message
from bot.names import Names
from bot.roles.powers import CONFIRMABLE
from bot.sync.results import Preview
from bot.text import safe_text
from bot.ui.embeds import BRAND, CAUTION, fit

_MOST_SHOWN = 8
_RULE = 700
_SENTENCE = 500

_LADDER = Message("ladder “{ladder}”, rank {rank}")
_GRACE = Message("grace {span}")
_NEVER_TAKEN = Message("never taken")
_SENSITIVE = Message("sensitive")
_CONFIRMED = Message("confirmed: {powers}")
_MORE_GATES = Message("… and {count:,} more gate.", "… and {count:,} more gates.")
_MORE_ROLES = Message("… and {count:,} more role. {total}", "… and {count:,} more roles. {total}")
_REMOVED = Message("Removed: {roles}. Members who have these roles keep them: Tessera no longer gives or takes them.")
_SAME = Message("Count as the same: {collections}")
_SAME_SETS = Message("Count as the same: {sets}.")
_SETTINGS = Message("Set by this. It holds at once, and who gains or loses a role by it is not counted here:")
_FOOTER = Message("Nothing is saved yet. A role is taken after several readings and the grace, never at once.")
_NOBODY = Message("No linked member gains or loses a role by this.")
_GIVEN_TO = Message("Given to each member who {rule}.")
_NUMBERS = Message("**{gain:,}** gain it · **{lose:,}** lose it · **{unknown:,}** unknown · **{keep:,}** keep it")
_TOTAL = Message("All gates: **{gain:,}** gains · **{lose:,}** losses · **{unknown:,}** unknown · **{keep:,}** keep")
_SAVED_TITLE = Message("Saved")
_SAVED = Message(
    "{title}. Members are looked at now; `/sync status` shows how far that is, `/gate history` takes it back."
)
_AND_MORE = Message("{gates} and {more} more")
_CAME = Message(
    "**{count:,}** linked member came under its gate.", "**{count:,}** linked members came under their gates."
)
_LEFT_OUT = Message(
    "{count:,} other did not: they have the role no longer, or Discord gave no answer.",
    "{count:,} others did not: they have the role no longer, or Discord gave no answer.",
)

_PAUSED = Message("⏸ paused")
_PARKED = Message("⚠ parked: {why}")
_PARKED_BECAUSE: Mapping[ParkReason, Message] = {
    ParkReason.ROLE_GONE: Message(
        "its role is gone: bind another one with `/gate edit role:`, and everybody gets it back"
    ),
    ParkReason.ROLE_ABOVE_US: Message(
        "its role is above Tessera's: drag Tessera's role above it in the server's settings"
    ),
    ParkReason.ROLE_MANAGED: Message(
        "its role belongs to an integration, a bot or boosters: choose another with `/gate edit`"
    ),
    ParkReason.ROLE_DANGEROUS: Message(
        "its role has got dangerous permissions: take them from it, or ask `/gate edit` which can be confirmed"
    ),
    ParkReason.NO_PERMISSION: Message("Tessera has no longer the permission Manage Roles: give it back"),
    ParkReason.REFUSED: Message(
        "Discord refuses its role, nothing shows why: tried once an hour, and by `/gate resume` now"
    ),
    ParkReason.SOURCE_GONE: Message(
        "no source is set up for it, or none has answered for 30 days: nobody loses the role"
    ),
    ParkReason.ROLE_FOUGHT_OVER: Message(
        "another bot undid Tessera's change twice: take this role out of its settings"
    ),
}


class GateSentences:
    """Says gates with the names of collections.

    Args:
        names: The networks that can be asked.
    """

    def __init__(self, names: Names) -> None:
        self._names = names

    def rule(self, draft: GateDraft) -> str:
        """What earns the role, as it is typed."""
        return f"`{safe_text(rule_text(draft.rule, self._names), _RULE, plain=True).replace('`', chr(39))}`"

    def options(self, draft: GateDraft) -> str:
        """What is decided besides; "": nothing."""
        parts = []
        if draft.ladder:
            parts.append(_LADDER(ladder=safe_text(draft.ladder, 40), rank=draft.rank))
        if draft.grace is not None:
            parts.append(_GRACE(span=span_words(draft.grace)))
        if draft.never_remove:
            parts.append(_NEVER_TAKEN())
        if draft.is_sensitive:
            parts.append(_SENSITIVE())
        if draft.confirmed_powers:
            parts.append(_CONFIRMED(powers=powers_words(sorted(draft.confirmed_powers))))
        return " · ".join(part.render() for part in parts)

    def line(self, draft: GateDraft) -> str:
        """A gate in two lines."""
        options = self.options(draft)
        return f"<@&{draft.role_id}>: {self.rule(draft)}{chr(10) + options if options else ''}"

    def gate(self, gate: Gate) -> str:
        """A saved gate, with its state."""
        return " · ".join([f"**#{gate.gate_id}** {self.line(gate.draft)}", *_state_words(gate)])


def _state_words(gate: Gate) -> list[str]:
    """Why a gate does not work now; of one that works, nothing."""
    if gate.state is GateState.PAUSED:
        return [paused_words()]
    if gate.state is GateState.PARKED and gate.parked:
        return [_PARKED(why=_PARKED_BECAUSE[gate.parked]()).render()]
    return []


def paused_words() -> str:
    """That a gate gives and takes nothing until it is resumed."""
    return _PAUSED().render()


def powers_words(powers: Iterable[str]) -> str:
    """Permissions as Discord's settings name them."""
    return ", ".join(CONFIRMABLE[power]().render() if power in CONFIRMABLE else power for power in powers)


def preview_embed(
    proposal: Proposal, outlook: Outlook, sentences: GateSentences, *, can_refresh: bool = True
) -> discord.Embed:
    """What would be saved, and what would follow from it; `can_refresh`: a button makes the preview again."""
    preview = outlook.preview
    parts = [
        f"{sentences.line(draft)}\n{_sentence(proposal, draft)}\n{_numbers(preview, draft.role_id)}"
        for draft in proposal.drafts[:_MOST_SHOWN]
    ]
    if (more := len(proposal.drafts) - _MOST_SHOWN) > 0:
        parts += [_MORE_GATES(count=more).render(), _total(preview)]
    if proposal.removed:
        gone = ", ".join(f"<@&{gate.role_id}>" for gate in proposal.removed[:_MOST_SHOWN])
        parts.append(_REMOVED(roles=gone).render())
    if sets := [same_words(each, proposal.names) for each in map(dict.fromkeys, proposal.aliases) if len(each) > 1]:
        parts.append(_SAME_SETS(sets="; ".join(sets[:_MOST_SHOWN])).render())
    if proposal.settings:
        parts.append("\n".join([_SETTINGS().render(), *proposal.settings]))
    parts += _others(proposal, preview)
    parts += [f"⚠ {note}" for note in [*proposal.notes, *warnings_of(proposal, outlook, can_refresh=can_refresh)]]
    embed = discord.Embed(title=proposal.title, description="\n\n".join(parts), colour=CAUTION)
    embed.set_footer(text=_FOOTER().render())
    return fit([embed])[0]


def collection_words(collection: CollectionRef, names: Mapping[CollectionRef, str]) -> str:
    """A collection by its name, with its id; by its id alone where no name is known."""
    name = names.get(collection)
    return f"{name} (`{collection}`)" if name else f"`{collection}`"


def same_words(collections: Iterable[CollectionRef], names: Mapping[CollectionRef, str]) -> str:
    """Collections that count as the same."""
    return " = ".join(collection_words(each, names) for each in collections)


def _others(proposal: Proposal, preview: Preview) -> list[str]:
    """What follows for roles whose gates stay as they are, or are removed."""
    outcomes = (preview.gain, preview.lose, preview.unknown, preview.keep)
    drafted = {draft.role_id for draft in proposal.drafts}
    others = [role_id for role_id in dict.fromkeys(itertools.chain(*outcomes)) if role_id not in drafted]
    lines = [f"<@&{role_id}>:\n{_numbers(preview, role_id)}" for role_id in others[:_MOST_SHOWN]]
    if (more := len(others) - _MOST_SHOWN) > 0:
        lines.append(_MORE_ROLES(count=more, total=_total(preview)).render())
    if not lines and not proposal.drafts and not proposal.settings:
        lines.append(_NOBODY().render())
    return lines


def _sentence(proposal: Proposal, draft: GateDraft) -> str:
    """The rule as a sentence, with the names of collections as far as they are known."""
    words = rule_words(draft.rule, lambda ref: proposal.names.get(ref) or str(ref))
    return _GIVEN_TO(rule=words).render() if len(words.render()) <= _SENTENCE else ""


def _numbers(preview: Preview, role_id: int) -> str:
    gain, lose, unknown, keep = (
        len(each.get(role_id, ())) for each in (preview.gain, preview.lose, preview.unknown, preview.keep)
    )
    return _NUMBERS(gain=gain, lose=lose, unknown=unknown, keep=keep).render()


def _total(preview: Preview) -> str:
    gain, lose, unknown, keep = (
        sum(map(len, each.values())) for each in (preview.gain, preview.lose, preview.unknown, preview.keep)
    )
    return _TOTAL(gain=gain, lose=lose, unknown=unknown, keep=keep).render()


def saved_embed(proposal: Proposal, saved: Saved) -> discord.Embed:
    """It is saved."""
    gates = saved.gates
    listed = ", ".join(f"**#{gate.gate_id}** <@&{gate.role_id}>" for gate in gates[:_MOST_SHOWN])
    if len(gates) > _MOST_SHOWN:
        listed = _AND_MORE(gates=listed, more=len(gates) - _MOST_SHOWN).render()
    lines = [listed] if gates else []
    if proposal.adopts:
        lines.append(_CAME(count=saved.adopted).render())
        if saved.left_out:
            lines.append(_LEFT_OUT(count=saved.left_out).render())
        if saved.unanswered:
            lines.append(unanswered_words(saved.unanswered))
    lines.append(_SAVED(title=proposal.title).render())
    return discord.Embed(title=_SAVED_TITLE().render(), description="\n".join(lines), colour=BRAND)


def list_parts(gates: Sequence[Gate], aliases: Iterable[Sequence[object]], sentences: GateSentences) -> Sequence[str]:
    """Gates of a server, and the sets of collections that count as the same."""
    same = [_SAME(collections=" = ".join(f"`{each}`" for each in members)).render() for members in aliases]
    return [*map(sentences.gate, gates), *same]
