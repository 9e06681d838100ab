"""How a member stands in a server, gate by gate → embeds: for themselves, and for moderators.

Roles are mentions, which ping nobody. Accounts are named to their member alone: a moderator sees how many there are,
and which of them the member shares in that server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import discord

from bot.cogs.linking.link_embeds import account_words
from bot.cogs.members.gate_words import GateWords
from bot.counts import Ternary
from bot.gates.gate import Gate, GateState, GuildSettings, ParkReason
from bot.gates.rule_needs import collections_of
from bot.holdings import Account
from bot.reasons import reason_words
from bot.roles.grants import GrantState
from bot.roles.plan import Held, HoldCode, Judged
from bot.sync.results import AccountState, MemberReport
from bot.text import safe_text
from bot.text.plural import plural
from bot.ui.embeds import BRAND, CAUTION

GATES_ON_A_PAGE = 5
# How a member is spoken of: to themselves, and to a moderator. Names are no part of it: “Your Pals” stays what it is.
_OWN = {"You": "You", "you": "you", "Your": "Your"}
_OTHERS = {"You": "They", "you": "they", "Your": "Their"}
_REASON = 200
_ACCOUNTS = 6  # each with its failure; beside five gates more do not fit
_FIELD = 1024
_MARKS = {Ternary.YES: "✔", Ternary.NO: "✘", Ternary.UNKNOWN: "?"}
_BEGIN = (
    "**You have not proven an account here yet**, so no role can be given.\n`/verify` proves that an account is yours, "
    "with a signature that costs nothing; what it earns is yours within seconds."
)
_BEGIN_THEIRS = "**They have not proven an account that counts here**, so no role can be given."
_HELD_WORDS = {
    HoldCode.UNKNOWN: "{You} keep it: what {you} hold is not known for certain now, and that costs nobody a role.",
    HoldCode.TOO_FEW_MISSES: "{You} keep it for now: it is checked again before anything is taken.",
    HoldCode.TOO_SHORT_SPAN: "{You} keep it for now: it is checked again before anything is taken.",
    HoldCode.NOT_CONFIRMED: "{You} keep it for now: the source is asked a second question before anything is taken.",
    HoldCode.NEVER_REMOVE: "{You} keep it: this role is never taken.",
    HoldCode.PROTECTED: "{You} keep it: {you} are protected here.",
    HoldCode.BREAKER: "{You} keep it for now: a person looks at it first, as many would lose it at once.",
    HoldCode.ADMIN_HOLD: "{You} keep it for now: the admins of this server have stopped all removals.",
    HoldCode.EXCUSED: "{You} keep it for now: an admin decided so.",
    HoldCode.CLOCK_JUMPED: "{You} keep it for now: nothing is taken for a while after a change of Tessera's clock.",
    HoldCode.OTHER_INSTANCE: "{You} keep it for now: another Tessera seems to run, so this one takes nothing.",
    HoldCode.REPLACEMENT_MISSING: "{You} keep it until the higher role that replaces it is given.",
}
_PARKED = {
    ParkReason.ROLE_GONE: "the role was deleted",
    ParkReason.ROLE_ABOVE_US: "the role is above Tessera's own",
    ParkReason.ROLE_MANAGED: "the role belongs to another application",
    ParkReason.ROLE_DANGEROUS: "the role can do too much now",
    ParkReason.NO_PERMISSION: "Tessera may not manage roles any more",
    ParkReason.REFUSED: "Discord refuses to change the role",
    ParkReason.SOURCE_GONE: "no source answers about it any more",
    ParkReason.ROLE_FOUGHT_OVER: "another bot changes the role as well",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is shown.

    Attributes:
        report: How the member stands.
        settings: Of the server.
        words: Says rules and verdicts.
        now: The moment at which it is shown.
        is_own: Shown to the member; else to a moderator, who sees no accounts.
        name: The member's name, for a moderator; upstream text.
        shared: Accounts that the member shares in that server, for a moderator.
    """

    report: MemberReport
    settings: GuildSettings
    words: GateWords
    now: datetime
    is_own: bool = True
    name: str = ""
    shared: Sequence[Account] = ()

    @property
    def person(self) -> Mapping[str, str]:
        """Words that speak to the member, or of them: "You" or "They", "you" or "they", "Your" or "Their"."""
        return _OWN if self.is_own else _OTHERS

    @property
    def shown(self) -> Sequence[Judged]:
        """The gates that are shown: all, or those whose role the member has or earns; moderators see all."""
        if self.settings.shows_requirements or not self.is_own:
            return self.report.judged
        has = self.report.ledger
        return [each for each in self.report.judged if each.gate.role_id in has or each.verdict.is_granted]


def page_count(standing: Standing) -> int:
    """How many pages the gates fill, at least 1."""
    return max(1, -(-len(standing.shown) // GATES_ON_A_PAGE))


def standing_embed(standing: Standing, page: int) -> discord.Embed:
    """One page: how current it is, and five gates."""
    title = "Your roles" if standing.is_own else f"Roles of {safe_text(standing.name, 80)}"
    shown = standing.shown[page * GATES_ON_A_PAGE :][:GATES_ON_A_PAGE]
    uncertain = any(each.verdict.status is Ternary.UNKNOWN for each in shown)
    embed = discord.Embed(title=title, description="\n".join(_header(standing)), colour=CAUTION if uncertain else BRAND)
    for judged in shown:
        embed.add_field(
            name="\N{ZERO WIDTH SPACE}", value="\n".join(gate_lines(standing, judged))[:_FIELD], inline=False
        )
    if not standing.shown:
        nothing = "There is no role for holders in this server yet." if not standing.report.judged else _ONLY_OWN
        embed.add_field(name="\N{ZERO WIDTH SPACE}", value=nothing, inline=False)
    return embed


_ONLY_OWN = "You have none of the roles for holders. What unlocks them, this server does not show."


def gate_lines(standing: Standing, judged: Judged) -> Iterator[str]:
    """What is said about one gate: its answer, its reason, what is retained and until when."""
    gate, verdict = judged.gate, judged.verdict
    # What is in the ledger is there to be given back: a role that was deleted nobody has.
    grant = None if gate.parked is ParkReason.ROLE_GONE else standing.report.ledger.get(gate.role_id)
    has = " · you have it" if grant and standing.is_own else " · they have it" if grant else ""
    since = f" since {discord.utils.format_dt(grant.granted_at, 'd')}" if grant else ""
    yield f"{_MARKS[verdict.status]} <@&{gate.role_id}>{has}{since}"
    yield standing.words.why(verdict)
    # Of one condition the sentence says it already.
    if verdict.parts and (needed := standing.words.missing(verdict)):
        yield f"→ Still needed: {needed}"
    if judged.proof_end and verdict.is_granted:
        ends = discord.utils.format_dt(judged.proof_end.at, "D")
        person = standing.person
        yield f"⏳ {person['Your']} proof counts for it until {ends}: {person['you']} can `/verify` again before."
    if judged.in_cool_down:
        yield _cool_down(standing)
    if gate.state is not GateState.ACTIVE:
        yield _stopped(gate)
    for held in standing.report.held:
        if held.gate.gate_id == gate.gate_id:
            yield held_words(held, standing.person)
    for failed in standing.report.failed:
        if failed.change.gate.gate_id == gate.gate_id:
            yield f"⚠️ Not changed yet: {failed.sentence}"
    if grant and grant.state is GrantState.FOUND and not standing.is_own:
        yield "-# They had it before: Tessera never takes it. `/gate adopt` changes that."
    sources = _supplied(standing, judged)
    yield f"-# {f'from {sources} · ' if sources else ''}{_age(judged)}"


def held_words(held: Held, person: Mapping[str, str]) -> str:
    """Why a role is retained though it is not earned now; `person`: see `Standing.person`."""
    when = f" Until {_relative(held.until)}." if held.until else ""
    if held.code is HoldCode.GRACE:
        until = f" until {_relative(held.until)}" if held.until else " for a while"
        return f"⏳ {person['You']} keep it{until}, then it is taken."
    return _HELD_WORDS.get(held.code, "{You} keep it for now.").format_map(person) + when


def _header(standing: Standing) -> Iterator[str]:
    accounts = standing.report.accounts
    if not accounts:
        yield _BEGIN if standing.is_own else _BEGIN_THEIRS
        return
    if standing.is_own:
        yield from map(_account_line, accounts[:_ACCOUNTS])
        if more := accounts[_ACCOUNTS:]:
            yield f"… and {plural(len(more), 'more account')}."
        return
    yield f"Counting here: {plural(len(accounts), 'proven account')}"
    counting = {each.facts.account for each in accounts}
    if shared := [f"`{account_words(account)}`" for account in standing.shared if account in counting]:
        yield f"Shared with this server: {', '.join(shared[:_ACCOUNTS])}{' and others' if shared[_ACCOUNTS:] else ''}"
    if any(not each.facts.is_certain for each in accounts):
        yield "Whose one of them is must be decided first: it changes nothing until then."
    oldest = [each.facts.as_of for each in accounts if each.facts.as_of]
    yield f"-# oldest reading {_relative(min(oldest))}" if oldest else "-# none was read yet"
    yield from [f"⚠️ {_failure(each)}" for each in accounts if each.failed_at][:_ACCOUNTS]


def _account_line(state: AccountState) -> str:
    facts = state.facts
    read = f"read {_relative(facts.as_of)}" if facts.as_of else "not read yet"
    doubt = " · whose it is must be decided first" if not facts.is_certain else ""
    failed = f"\n⚠️ {_failure(state)}" if state.failed_at else ""
    return f"▫️ `{account_words(facts.account)}` · {read}{doubt}{failed}"


def _failure(state: AccountState) -> str:
    reason = safe_text(reason_words(state.failure), _REASON) if state.failure else "the source does not answer"
    since = f" ({_relative(state.failed_at)})" if state.failed_at else ""
    following = f" It is read again {_relative(state.next_at)}." if state.next_at else ""
    return f"Reading failed{since}: {reason}.{following} Nobody loses a role by this."


def _cool_down(standing: Standing) -> str:
    ends = [each.facts.proven_at + standing.settings.cool_down for each in standing.report.accounts]
    later = [end for end in ends if end > standing.now]
    when = f": from {_relative(min(later))}" if later else ""
    return f"⏳ This role is sensitive, and given a while after an account's proof{when}."


def _stopped(gate: Gate) -> str:
    if gate.state is GateState.PAUSED:
        return "⏸ The admins have paused this role: it is neither given nor taken."
    why = f", as {_PARKED[gate.parked]}" if gate.parked else ""
    return f"⏸ This role is neither given nor taken now{why}."


def _supplied(standing: Standing, judged: Judged) -> str:
    """The member's own accounts that hold something of what the rule asks for."""
    if not standing.is_own:
        return ""
    wanted = collections_of(judged.gate.rule)
    holding = [
        account_words(each.facts.account)
        for each in standing.report.accounts
        if any(each.facts.of(collection).kinds.low for collection in wanted)
    ]
    return ", ".join(f"`{each}`" for each in holding[:3]) + (" and others" if len(holding) > 3 else "")  # noqa: PLR2004 - as many as a line takes


def _age(judged: Judged) -> str:
    return f"as of {_relative(judged.evidence_at)}" if judged.evidence_at else "not read yet"


def _relative(moment: datetime) -> str:
    return discord.utils.format_dt(moment, "R")
