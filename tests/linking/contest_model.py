"""All that can become of one address, day by day.

Ann owns it, and has the key. A thief has as many accounts as she likes, and some signatures that she lured out of Ann,
or the key itself.

Only the rules are real (`bot.linking.contest_rules`); what the store does with their answers is a few lines here, and
`tests/attacks/test_turning_a_contest_on_its_owner.py` does the same with the real store. One of the thief's accounts is
as good as another, so it only matters whether she signs as the holder, as the challenger, or as somebody new.

A day: the thief does what she likes, as often as she likes; a day goes by, and a contest that is due ends; the thief
does what she likes; Ann signs. A contest takes two days, so that Ann signs at least once in every contest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.linking.contest_rules import MOVE_SPAN, OBJECTION_PERIOD, decide, freezes
from bot.links import AddressStatus, ClaimDecision, ProofKind, Ruling

Decide = Callable[[int, ProofKind, AddressStatus, datetime, timedelta], Ruling]

ANN, HOLDER, CHALLENGER, SOMEBODY_NEW = 1, 2, 3, 4
NOW = datetime(2026, 11, 25, tzinfo=UTC)
DAY = timedelta(days=1)
CONTEST = 2 * DAY
KEY, CONTRACT = ProofKind.KEY, ProofKind.CONTRACT
UNLIMITED = -1
MOST_COUNTED = 9  # so that there is an end of states even under a rule that never freezes


@dataclass(frozen=True, slots=True)
class State:
    """How things are.

    Attributes:
        signatures: What the thief has left.
        before_ann: Ann signs next; else the day ends next.
        holder, kind: Who has the address, and by what; None: nobody.
        challenger, challenger_kind, days_left, objected: The contest.
        frozen: The operator decides.
        ann_is_listed: The operator sees that Ann signed.
        claims: How many are counted.
        moved: Days since the last move; None: more than are counted.
        robbed: A contest gave Ann's address to the thief.
        refused: Ann's signature was refused.
    """

    signatures: int
    before_ann: bool = True
    holder: int | None = None
    kind: ProofKind | None = None
    challenger: int | None = None
    challenger_kind: ProofKind | None = None
    days_left: int = 0
    objected: bool = False
    frozen: bool = False
    ann_is_listed: bool = False
    claims: int = 0
    moved: int | None = None
    robbed: bool = False
    refused: bool = False

    @property
    def is_anns(self) -> bool:
        """Hers, and nobody claims it."""
        return self.holder == ANN and self.challenger is None

    @property
    def status(self) -> AddressStatus:
        """As the rules get it."""
        return AddressStatus(
            holder_id=self.holder,
            kind=self.kind,
            challenger_id=self.challenger,
            challenger_kind=self.challenger_kind,
            ends_at=NOW + self.days_left * DAY if self.challenger else None,
            is_frozen=self.frozen,
            claims=(NOW,) * self.claims,
        )


@dataclass(frozen=True)
class Model:
    """The moves, under a rule.

    Attributes:
        decide: The rule.
        has_contract: The thief's wallet contract says "right" to anything, as often as she likes.
    """

    decide: Decide = decide
    has_contract: bool = False
    _moves: dict[State, frozenset[State]] = field(default_factory=dict)
    _next: dict[State, frozenset[State]] = field(default_factory=dict)

    def sign(self, state: State, member: int, kind: ProofKind) -> State:
        """What a signature leads to."""
        ruling = self.decide(member, kind, state.status, NOW, CONTEST)
        match ruling.decision:
            case ClaimDecision.REFUSE | ClaimDecision.NEED_KEY:
                return replace(state, refused=state.refused or member == ANN)
            case ClaimDecision.PROVE:
                return replace(_without_contest(state), holder=_named(member, HOLDER), kind=kind)
            case ClaimDecision.AWAIT | ClaimDecision.FREEZE:
                was_listed = state.ann_is_listed or ANN in (state.holder, state.challenger, member)
                return replace(_without_contest(state), frozen=True, ann_is_listed=was_listed)
        assert ruling.until is not None
        is_new = state.challenger != member
        return replace(
            state,
            challenger=_named(member, CHALLENGER),
            challenger_kind=kind,
            days_left=(ruling.until - NOW) // DAY,
            claims=min(state.claims + is_new, MOST_COUNTED),
        )

    def thief_moves(self, state: State) -> frozenset[State]:
        """Whatever the thief can do at once; found out once."""
        if state not in self._moves:
            self._moves[state] = frozenset(self._thief_moves(state))
        return self._moves[state]

    def _thief_moves(self, state: State) -> Iterator[State]:
        """Whatever the thief can do at once; what is frozen she cannot change."""
        if state.frozen:
            return
        accounts = {SOMEBODY_NEW, state.holder, state.challenger} - {ANN, None}
        for member in accounts:
            if state.signatures:
                left = state.signatures - (state.signatures != UNLIMITED)
                yield self.sign(replace(state, signatures=left), member or SOMEBODY_NEW, KEY)
            if self.has_contract:
                yield self.sign(state, member or SOMEBODY_NEW, CONTRACT)
        if state.challenger == CHALLENGER:  # withdraws
            yield _without_contest(state)
        if state.holder == HOLDER:
            if state.challenger and not state.objected:
                days = max(state.days_left, OBJECTION_PERIOD // DAY)
                yield replace(state, objected=True, days_left=days)
            yield _moved(state) if state.challenger else replace(state, holder=None, kind=None)

    def pass_day(self, state: State) -> State:
        """A day goes by, and a contest that is due ends."""
        moved = None if state.moved is None or state.moved + 1 >= MOVE_SPAN // DAY else state.moved + 1
        state = replace(state, before_ann=True, moved=moved, days_left=max(state.days_left - 1, 0))
        if not state.challenger or state.days_left:
            return state
        robbed = state.robbed or state.holder == ANN
        freezing = freezes([NOW - moved * DAY] if moved is not None else [], NOW)
        listed = state.ann_is_listed or (freezing and ANN in (state.holder, state.challenger))
        return replace(_moved(state), moved=0, robbed=robbed, frozen=freezing, ann_is_listed=listed)

    def ann_signs(self, state: State) -> State:
        """Ann signs where that is called for."""
        state = replace(state, before_ann=False)
        return state if state.is_anns and not state.frozen else self.sign(state, ANN, KEY)

    def thief_may_leave(self, state: State) -> set[State]:
        """What the thief can make of it before anything else happens, whatever she does in whatever order."""
        found, left = {state}, [state]
        while left:
            for each in self.thief_moves(left.pop()):
                if each not in found:
                    found.add(each)
                    left.append(each)
        return found

    def next_states(self, state: State) -> frozenset[State]:
        """What may come next: the thief does what she likes, and then Ann signs, or a day goes by."""
        if state not in self._next:
            move = self.ann_signs if state.before_ann else self.pass_day
            self._next[state] = frozenset(map(move, self.thief_may_leave(state)))
        return self._next[state]

    def next_states_without_ann(self, state: State) -> Iterator[State]:
        """The same while Ann sleeps."""
        for each in self.thief_may_leave(state):
            yield replace(each, before_ann=False) if each.before_ann else self.pass_day(each)

    def reachable(self, *starts: State, ann_sleeps: bool = False) -> set[State]:
        """All that can come of these."""
        following = self.next_states_without_ann if ann_sleeps else self.next_states
        found, left = set(starts), list(starts)
        while left:
            for state in following(left.pop()):
                if state not in found:
                    found.add(state)
                    left.append(state)
        return found

    def longest_wait(self, starts: Iterable[State], is_over: Callable[[State], bool]) -> int | None:
        """The most days until it is over, whatever the thief does, while Ann signs; None: it may never be.

        States are done from the end on: one is as far from it as the farthest that may follow. Those that are left
        lead to themselves.
        """
        following: dict[State, set[State]] = {}
        left = [state for state in starts if not is_over(state)]
        while left:
            state = left.pop()
            if state not in following:
                following[state] = {each for each in self.next_states(state) if not is_over(each)}
                left.extend(following[state])
        before: dict[State, list[State]] = {state: [] for state in following}
        for state, those in following.items():
            for each in those:
                before[each].append(state)
        undone = {state: len(those) for state, those in following.items()}
        days = {state: int(not state.before_ann) for state in following}
        done = [state for state, count in undone.items() if not count]
        for state in done:
            for each in before[state]:
                days[each] = max(days[each], days[state] + (not each.before_ann))
                undone[each] -= 1
                if not undone[each]:
                    done.append(each)
        return max(days.values(), default=0) if len(done) == len(following) else None


def _named(member: int, role: int) -> int:
    return ANN if member == ANN else role


def _without_contest(state: State) -> State:
    return replace(state, challenger=None, challenger_kind=None, days_left=0, objected=False)


def _moved(state: State) -> State:
    """The challenger has it."""
    holder = ANN if state.challenger == ANN else HOLDER
    return replace(_without_contest(state), holder=holder, kind=state.challenger_kind)
