"""What the commands about gates show to admins."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import discord

from bot.cogs.gates.gate_proposal import Proposal
from bot.cogs.gates.gate_saving import Outlook, Saved
from bot.cogs.servers.settings_embeds import span_words
from bot.gates.describe import rule_words
from bot.gates.gate import Gate, GateDraft, GateState, ParkReason
from bot.gates.rule import CollectionRef
from bot.gates.rule_text import rule_text
from bot.names import Names
from bot.roles.powers import CONFIRMABLE
from bot.sync.results import Preview
from bot.text import safe_text
from bot.text.plural import plural
from bot.ui.embeds import BRAND, CAUTION, fit

_MOST_SHOWN = 8
_WHO_COME = "linked members who have such a role already come"
_SETTINGS = "Set by this. It holds at once, and who gains or loses a role by it is not counted here:"
_RULE = 700
_SENTENCE = 500
_STATES = {GateState.ACTIVE: "", GateState.PAUSED: " · ⏸ paused", GateState.PARKED: " · ⚠ parked"}
_PARKED: Mapping[ParkReason, str] = {
    ParkReason.ROLE_GONE: "its role is gone: bind another one with `/gate edit role:`, and everybody gets it back",
    ParkReason.ROLE_ABOVE_US: "its role is above Tessera's: drag Tessera's role above it in the server's settings",
    ParkReason.ROLE_MANAGED: "its role belongs to an integration, a bot or boosters: choose another with `/gate edit`",
    ParkReason.ROLE_DANGEROUS: "its role has got dangerous permissions: take them from it, or ask `/gate edit` which "
    "can be confirmed",
    ParkReason.NO_PERMISSION: "Tessera has no longer the permission Manage Roles: give it back",
    ParkReason.REFUSED: "Discord refuses its role, nothing shows why: tried once an hour, and by `/gate resume` now",
    ParkReason.SOURCE_GONE: "no source is set up for it, or none has answered for 30 days: nobody loses the role",
    ParkReason.ROLE_FOUGHT_OVER: "another bot undid Tessera's change twice: take this role out of its settings",
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
            parts.append(f"ladder “{safe_text(draft.ladder, 40)}”, rank {draft.rank}")
        if draft.grace is not None:
            parts.append(f"grace {span_words(draft.grace)}")
        if draft.never_remove:
            parts.append("never taken")
        if draft.is_sensitive:
            parts.append("sensitive")
        if draft.confirmed_powers:
            parts.append(f"confirmed: {powers_words(sorted(draft.confirmed_powers))}")
        return " · ".join(parts)

    def line(self, draft: GateDraft) -> str:
        """A gate in two lines."""
        options = self.options(draft)
        return f"<@&{draft.role_id}>: {self.rule(draft)}{chr(10) + options if options else ''}"

    def gate(self, gate: Gate) -> str:
        """A saved gate, with its state."""
        state = f"{_STATES[gate.state]}: {_PARKED[gate.parked]}" if gate.parked else _STATES[gate.state]
        return f"**#{gate.gate_id}** {self.line(gate.draft)}{state}"


def powers_words(powers: Iterable[str]) -> str:
    """Permissions as Discord's settings name them."""
    return ", ".join(CONFIRMABLE.get(power, power) for power in powers)


def preview_embed(
    proposal: Proposal, outlook: Outlook, sentences: GateSentences, again: str = "press **Refresh**"
) -> discord.Embed:
    """What would be saved, and what would follow from it; `again`: how the preview is made again."""
    preview = outlook.preview
    parts = [
        f"{sentences.line(draft)}\n{_sentence(proposal, draft)}{_numbers(preview, draft.role_id)}"
        for draft in proposal.drafts[:_MOST_SHOWN]
    ]
    if (more := len(proposal.drafts) - _MOST_SHOWN) > 0:
        parts += [f"… and {plural(more, 'more gate')}.", _total(preview)]
    if proposal.removed:
        gone = ", ".join(f"<@&{gate.role_id}>" for gate in proposal.removed[:_MOST_SHOWN])
        parts.append(f"Removed: {gone}. Members who have these roles keep them: Tessera no longer gives or takes them.")
    if sets := [same_words(each, proposal.names) for each in map(dict.fromkeys, proposal.aliases) if len(each) > 1]:
        parts.append("Count as the same: " + "; ".join(sets[:_MOST_SHOWN]) + ".")
    if proposal.settings:
        parts.append("\n".join([_SETTINGS, *proposal.settings]))
    parts += _others(proposal, preview)
    parts += [f"⚠ {note}" for note in [*proposal.notes, *_warnings(proposal, outlook, again)]]
    embed = discord.Embed(title=proposal.title, description="\n\n".join(parts), colour=CAUTION)
    embed.set_footer(text="Nothing is saved yet. A role is taken after several readings and the grace, never at once.")
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
    lines = [f"<@&{role_id}>:{_numbers(preview, role_id)}" for role_id in others[:_MOST_SHOWN]]
    if (more := len(others) - _MOST_SHOWN) > 0:
        lines.append(f"… and {plural(more, 'more role')}. {_total(preview)}")
    if not lines and not proposal.drafts and not proposal.settings:
        lines.append("No linked member gains or loses a role by this.")
    return lines


def _sentence(proposal: Proposal, draft: GateDraft) -> str:
    """The rule as a sentence, with the names of collections as far as they are known."""
    words = rule_words(draft.rule, lambda ref: proposal.names.get(ref) or str(ref)).render()
    return f"Given to each member who {words}." if len(words) <= _SENTENCE else ""


def _numbers(preview: Preview, role_id: int) -> str:
    gain, lose, unknown, keep = (
        len(each.get(role_id, ())) for each in (preview.gain, preview.lose, preview.unknown, preview.keep)
    )
    return f"\n**{gain:,}** gain it · **{lose:,}** lose it · **{unknown:,}** unknown · **{keep:,}** keep it"


def _total(preview: Preview) -> str:
    sums = [sum(map(len, each.values())) for each in (preview.gain, preview.lose, preview.unknown, preview.keep)]
    return "All gates: **{:,}** gains · **{:,}** losses · **{:,}** unknown · **{:,}** keep".format(*sums)


def _warnings(proposal: Proposal, outlook: Outlook, again: str) -> list[str]:
    preview, warnings = outlook.preview, []
    by_hand = {role_id: count for role_id, count in outlook.in_discord.items() if count}
    if proposal.adopts:
        under = sum(map(len, outlook.holders.values()))
        who = "linked member who has such a role already comes" if under == 1 else _WHO_COME
        warnings.append(
            f"**{under:,}** {who} under its gate: Tessera may then take it from those who do not qualify. Those who "
            "are under it already stay there. Members who linked nothing are left alone."
        )
        if outlook.unanswered:
            warnings.append(unanswered_words(outlook.unanswered))
    elif by_hand:
        listed = ", ".join(f"<@&{role_id}> ({plural(count, 'member')})" for role_id, count in [*by_hand.items()][:5])
        warnings.append(
            f"Has members already: {listed}. Tessera never takes a role that it did not give; `/gate adopt` puts those "
            "who linked an account under the gate."
        )
    if paused := [draft.role_id for draft in proposal.drafts if draft.role_id in outlook.paused]:
        listed = ", ".join(f"<@&{role_id}>" for role_id in paused[:5])
        warnings.append(
            f"Paused: {listed}. Nobody gains or loses it until `/gate resume`, whose preview says who then."
        )
    if any(draft.role_id == outlook.admin_role_id for draft in proposal.drafts):
        warnings.append(
            f"<@&{outlook.admin_role_id}> may configure Tessera: who qualifies for it may change every gate. "
            "`/settings admin-role` names another."
        )
    role_ids = [draft.role_id for draft in proposal.drafts if draft.role_id not in outlook.paused]
    outcomes = (preview.gain, preview.unknown, preview.keep)
    empty = [role_id for role_id in role_ids if not any(each.get(role_id) for each in outcomes)]
    if empty:
        listed = ", ".join(f"<@&{role_id}>" for role_id in empty[:5])
        warnings.append(f"None of the linked members qualifies for {listed}.")
    if preview.reading:
        are = "is" if preview.reading == 1 else "are"
        warnings.append(f"{plural(preview.reading, 'account')} {are} being read: {again}, and the numbers change.")
    if preview.untold:
        warnings.append(
            "A rule about ids, copies or traits asks for single NFTs, which are read only where a gate asks for them: "
            f"of {plural(preview.untold, 'account')} they are not known yet."
        )
    if (others := preview.unread - preview.reading) > 0:
        warnings.append(f"{plural(others, 'linked account')} not read lately: the numbers will change.")
    return warnings


def unanswered_words(count: int) -> str:
    """That not everybody can be adopted now."""
    about = plural(count, "linked member")
    return f"Discord gave no answer about {about}: they stay as they are, and `/gate adopt` asks about them again."


def saved_embed(proposal: Proposal, saved: Saved) -> discord.Embed:
    """It is saved."""
    gates = saved.gates
    listed = ", ".join(f"**#{gate.gate_id}** <@&{gate.role_id}>" for gate in gates[:_MOST_SHOWN])
    more = f" and {len(gates) - _MOST_SHOWN} more" if len(gates) > _MOST_SHOWN else ""
    what = f"{listed}{more}\n" if gates else ""
    if proposal.adopts:
        came = "linked member came under its gate" if saved.adopted == 1 else "linked members came under their gates"
        what += f"**{saved.adopted:,}** {came}.\n"
        if saved.left_out:
            others = plural(saved.left_out, "other")
            what += f"{others} did not: they have the role no longer, or Discord gave no answer.\n"
        if saved.unanswered:
            what += f"{unanswered_words(saved.unanswered)}\n"
    return discord.Embed(
        title="Saved",
        description=f"{what}{proposal.title}. Members are looked at now; `/sync status` shows how far that is, "
        "`/gate history` takes it back.",
        colour=BRAND,
    )


def list_parts(gates: Sequence[Gate], aliases: Iterable[Sequence[object]], sentences: GateSentences) -> Sequence[str]:
    """Gates of a server, and the sets of collections that count as the same."""
    same = [f"Count as the same: {' = '.join(f'`{each}`' for each in members)}" for members in aliases]
    return [*map(sentences.gate, gates), *same]
