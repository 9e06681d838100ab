"""How a member stands in a server, gate by gate → embeds: for themselves, and for moderators.

Roles are mentions, which ping nobody. Accounts are named to their member alone: a moderator sees how many there are,
and which of them the member shares in that server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import discord

from bot.cogs.linking.link_embeds import account_words
from bot.cogs.members import standing_words as say
from bot.cogs.members.gate_words import GateWords
from bot.counts import Ternary
from bot.gates.gate import Gate, GateState, GuildSettings, ParkReason
from bot.gates.rule_needs import collections_of
from bot.holdings import Account
from bot.messages import Words
from bot.reasons import reason_words
from bot.roles.grants import Grant, GrantState
from bot.roles.plan import Held, HoldCode, Judged
from bot.sync.results import AccountState, MemberReport
from bot.text import safe_text
from bot.ui.embeds import BRAND, CAUTION

GATES_ON_A_PAGE = 5
_REASON = 200
_ACCOUNTS = 6  # each with its failure; beside five gates more do not fit
_FIELD = 1024
_SUPPLIERS = 3  # as many as a line takes
_MARKS = {Ternary.YES: "✔", Ternary.NO: "✘", Ternary.UNKNOWN: "?"}


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
    title = say.YOUR_ROLES() if standing.is_own else say.ROLES_OF(name=safe_text(standing.name, 80))
    shown = standing.shown[page * GATES_ON_A_PAGE :][:GATES_ON_A_PAGE]
    uncertain = any(each.verdict.status is Ternary.UNKNOWN for each in shown)
    colour = CAUTION if uncertain else BRAND
    embed = discord.Embed(title=title.render(), description="\n".join(_header(standing)), colour=colour)
    for judged in shown:
        embed.add_field(
            name="\N{ZERO WIDTH SPACE}", value="\n".join(gate_lines(standing, judged))[:_FIELD], inline=False
        )
    if not standing.shown:
        nothing = say.ONLY_OWN() if standing.report.judged else say.NO_ROLE_HERE()
        embed.add_field(name="\N{ZERO WIDTH SPACE}", value=nothing.render(), inline=False)
    return embed


def gate_lines(standing: Standing, judged: Judged) -> Iterator[str]:
    """What is said about one gate: its answer, its reason, what is retained and until when."""
    gate, verdict, is_own = judged.gate, judged.verdict, standing.is_own
    # What is in the ledger is there to be given back: a role that was deleted nobody has.
    grant = None if gate.parked is ParkReason.ROLE_GONE else standing.report.ledger.get(gate.role_id)
    yield f"{_MARKS[verdict.status]} <@&{gate.role_id}>{_has_since(grant, is_own=is_own)}"
    yield standing.words.why(verdict)
    # Of one condition the sentence says it already.
    if verdict.parts and (needed := standing.words.missing(verdict)):
        yield say.STILL_NEEDED(needed=needed).render()
    if judged.proof_end and verdict.is_granted:
        ends = discord.utils.format_dt(judged.proof_end.at, "D")
        yield say.PROOF_ENDS.to(is_own=is_own)(when=ends).render()
    if judged.in_cool_down:
        yield _cool_down(standing)
    if gate.state is not GateState.ACTIVE:
        yield _stopped(gate).render()
    for held in standing.report.held:
        if held.gate.gate_id == gate.gate_id:
            yield held_words(held, is_own=is_own)
    for failed in standing.report.failed:
        if failed.change.gate.gate_id == gate.gate_id:
            yield say.NOT_CHANGED(why=failed.sentence).render()
    if grant and grant.state is GrantState.FOUND and not is_own:
        yield f"-# {say.HAD_BEFORE().render()}"
    yield f"-# {' · '.join([*_supplied(standing, judged), _age(judged)])}"


def _has_since(grant: Grant | None, *, is_own: bool) -> str:
    if grant is None:
        return ""
    since = discord.utils.format_dt(grant.granted_at, "d")
    return f" · {say.HAVE_SINCE.to(is_own=is_own)(when=since).render()}"


def held_words(held: Held, *, is_own: bool) -> str:
    """Why a role is retained though it is not earned now, to its member, or to a moderator."""
    if held.code is HoldCode.GRACE:
        if held.until:
            return say.GRACE_UNTIL.to(is_own=is_own)(when=_relative(held.until)).render()
        return say.GRACE.to(is_own=is_own)().render()
    sentences = [say.HELD.get(held.code, say.KEPT).to(is_own=is_own)()]
    if held.until:
        sentences.append(say.UNTIL(when=_relative(held.until)))
    return " ".join(each.render() for each in sentences)


def _header(standing: Standing) -> Iterator[str]:
    accounts = standing.report.accounts
    if not accounts:
        yield say.BEGIN.to(is_own=standing.is_own)().render()
        return
    if standing.is_own:
        yield from map(_account_line, accounts[:_ACCOUNTS])
        if more := accounts[_ACCOUNTS:]:
            yield say.MORE_ACCOUNTS(count=len(more)).render()
        return
    yield say.COUNTING(count=len(accounts)).render()
    counting = {each.facts.account for each in accounts}
    if shared := [f"`{account_words(account)}`" for account in standing.shared if account in counting]:
        message = say.SHARED_AND_OTHERS if shared[_ACCOUNTS:] else say.SHARED
        yield message(accounts=", ".join(shared[:_ACCOUNTS])).render()
    if any(not each.facts.is_certain for each in accounts):
        yield say.ONE_UNDECIDED().render()
    oldest = [each.facts.as_of for each in accounts if each.facts.as_of]
    yield f"-# {(say.OLDEST(when=_relative(min(oldest))) if oldest else say.NONE_READ()).render()}"
    yield from [f"⚠️ {_failure(each)}" for each in accounts if each.failed_at][:_ACCOUNTS]


def _account_line(state: AccountState) -> str:
    facts = state.facts
    words = [say.READ(when=_relative(facts.as_of)) if facts.as_of else say.NOT_READ()]
    words += [say.UNDECIDED()] if not facts.is_certain else []
    failed = f"\n⚠️ {_failure(state)}" if state.failed_at else ""
    return f"▫️ {' · '.join([f'`{account_words(facts.account)}`', *(each.render() for each in words)])}{failed}"


def _failure(state: AccountState) -> str:
    reason = safe_text(reason_words(state.failure), _REASON) if state.failure else say.NO_ANSWER()
    since = say.FAILED_AT(when=_relative(state.failed_at), reason=reason) if state.failed_at else None
    following = [say.READ_AGAIN(when=_relative(state.next_at))] if state.next_at else []
    sentences = [since or say.FAILED(reason=reason), *following, say.NOBODY_LOSES()]
    return " ".join(each.render() for each in sentences)


def _cool_down(standing: Standing) -> str:
    span = standing.settings.cool_down
    ends = [each.facts.proven_at + span for each in standing.report.accounts]
    later = [end for end in ends if standing.now < end <= standing.now + span]  # none that only a wrong clock knew
    return (say.COOL_DOWN_UNTIL(when=_relative(min(later))) if later else say.COOL_DOWN()).render()


def _stopped(gate: Gate) -> Words:
    if gate.state is GateState.PAUSED:
        return say.PAUSED()
    return say.PARKED[gate.parked]() if gate.parked else say.STOPPED()


def _supplied(standing: Standing, judged: Judged) -> Sequence[str]:
    """The member's own accounts that hold something of what the rule asks for, in words; none: nothing to say."""
    if not standing.is_own:
        return ()
    wanted = collections_of(judged.gate.rule)
    holding = [
        f"`{account_words(each.facts.account)}`"
        for each in standing.report.accounts
        if any(each.facts.of(collection).kinds.low for collection in wanted)
    ]
    if not holding:
        return ()
    message = say.FROM_AND_OTHERS if holding[_SUPPLIERS:] else say.FROM
    return (message(accounts=", ".join(holding[:_SUPPLIERS])).render(),)


def _age(judged: Judged) -> str:
    return (say.AS_OF(when=_relative(judged.evidence_at)) if judged.evidence_at else say.NOT_READ()).render()


def _relative(moment: datetime) -> str:
    return discord.utils.format_dt(moment, "R")
