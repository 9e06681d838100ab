"""Whether a history breaks an invariant; knows nothing of how the bot decides, only what was served and what changed.

I1  no role is taken unless for every account of the member three whole answers, the oldest and the newest at least
    half an hour apart, said that they do not qualify
I2  what failed, was cut off or is old says nothing: only whole and fresh answers are counted for I1
I3  no more roles are taken than the breaker lets through
I4  only roles that the bot gave are taken
I5  in the end all is as it should be, and nothing was announced twice
I6  no link is lost, moved or made: only where the store is a part of the run
I7  nothing escapes: a defect ends the run
I8  who unlinks loses the role, whatever else fails
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tests.simulation.chat import SimulatedDiscord
from tests.simulation.faults import QUIET
from tests.simulation.history import History, Moved, Served
from tests.simulation.scenario import DAY
from tests.simulation.world import World, least_of

# As promised, and not as the run was set up: with a guard taken out, these must fail.
MISSES, SPAN = 3, 30
# One write may be under way while another member is read.
UNDER_WAY = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a history showed.

    Attributes:
        violations: Each with its invariant and the minute.
        wrongful: Roles that were taken from members who truly qualified.
        removals: Roles that were taken, but for replacements and members' own acts.
        delays: Minutes from the true loss to the removal, in order.
        alerts: How often an admin was alerted.
        readings: How often the source was asked.
        requests: How often Discord was.
    """

    violations: tuple[str, ...]
    wrongful: int
    removals: int
    delays: tuple[int, ...]
    alerts: int
    readings: int
    requests: int

    def delay(self, percent: int) -> int:
        """The delay that so many of a hundred removals did not exceed."""
        return self.delays[(len(self.delays) - 1) * percent // 100] if self.delays else 0


def outcome_of(world: World, discord: SimulatedDiscord, *, held: bool) -> Outcome:
    """Check a history.

    Args:
        world: The truth, with the history.
        discord: The roles at the end.
        held: Whether removals wait for a person at the end.
    """
    history = world.history
    losses = [moved for moved in history.moved if _is_loss(history, moved)]
    violations = [
        *_taken_too_early(world, losses),
        *_too_many(history, losses),
        *(_text("I4", moved, "not from the bot") for moved in history.moved if not moved.is_from_bot),
        *_announced_twice(history),
        *history.lost_links,
        *_left_over(world, discord, held=held),
    ]
    wrongful = sum(moved.is_deserved for moved in losses)
    return Outcome(
        tuple(violations),
        wrongful,
        len(losses),
        tuple(sorted(history.delays)),
        history.alerts,
        history.readings,
        discord.requests,
    )


def _is_loss(history: History, moved: Moved) -> bool:
    """Whether a role was taken for its own sake: not a replacement, not by the member's own act."""
    return not moved.is_given and not moved.had_higher and moved.user_id not in _unlinked(history, moved.minute)


def _unlinked(history: History, minute: int) -> set[int]:
    return {user_id for user_id, at in history.own_acts.items() if at <= minute}


def _text(invariant: str, moved: Moved, what: str) -> str:
    return f"{invariant}: minute {moved.minute}, member {moved.user_id}, role {moved.role_id}: {what}"


def _taken_too_early(world: World, losses: list[Moved]) -> Iterator[str]:
    """I1 and I2."""
    max_age = world.scenario.max_age.total_seconds() / 60
    for moved in losses:
        least = next(least_of(gate) for gate in world.gates if gate.role_id == moved.role_id)
        accounts = [world.history.served[account_id] for account_id in world.holders[moved.user_id].accounts]
        whole = [[each for each in served if each.is_whole and each.minute <= moved.minute] for served in accounts]
        if any(len(served) < MISSES for served in whole):
            yield _text("I1", moved, "an account was not read three times")
        elif sum(max(each.kinds for each in served[-MISSES:]) for served in whole) >= least:
            yield _text("I1", moved, "not three whole answers in a row said so")
        elif sum(_as_of(served, moved.minute - SPAN) for served in whole) >= least:
            yield _text("I1", moved, "the first answer that said so is not half an hour old")
        elif any(moved.minute - served[-1].minute > max_age for served in whole):
            yield _text("I2", moved, "the last whole answer is too old")


def _as_of(served: list[Served], minute: int) -> int:
    """What the last whole answer until a minute said; enough for any gate, if there was none."""
    return next((each.kinds for each in reversed(served) if each.minute <= minute), 10**6)


def _too_many(history: History, losses: list[Moved]) -> Iterator[str]:
    """I3."""
    by_role: defaultdict[int, list[Moved]] = defaultdict(list)
    for moved in losses:
        approved_at = history.approved.get((moved.user_id, moved.role_id))
        if approved_at is not None and moved.minute - approved_at <= DAY:
            continue
        earlier = by_role[moved.role_id]
        earlier.append(moved)
        in_a_day = sum(moved.minute - each.minute < DAY for each in earlier)
        if in_a_day > max(5, moved.holders // 5) + UNDER_WAY:
            yield _text("I3", moved, f"{in_a_day} of {moved.holders} in a day")
        at_once = 2 if moved.holders < 10 else max(3, moved.holders // 10)
        if moved.losing > at_once + UNDER_WAY:
            yield _text("I3", moved, f"while {moved.losing} of {moved.holders} seemed to lose it")


def _announced_twice(history: History) -> Iterator[str]:
    """I5, the log channel: what was given is announced as taken before it is announced as given again."""
    last: dict[tuple[int, int], bool] = {}
    for minute, user_id, role_id, is_given in history.announced:
        # Who was reported twice without their role is given it again, as far as anybody can know.
        if last.get((user_id, role_id)) is is_given and not (is_given and user_id in history.misreported):
            yield f"I5: minute {minute}, member {user_id}, role {role_id}: announced twice"
        last[user_id, role_id] = is_given


def _left_over(world: World, discord: SimulatedDiscord, *, held: bool) -> Iterator[str]:
    """I5 and I8: after some hours without faults everybody has what they earn, and nothing else from the bot."""
    end = world.scenario.minutes
    for user_id, holder in world.holders.items():
        if world.changed_at.get(user_id, -QUIET) > end - QUIET // 2:
            continue  # they sold or bought just now
        roles = {role_id for role_id in discord.roles[user_id] if (user_id, role_id) in discord.from_bot}
        earned = {gate.role_id for guild_id in world.guild_ids if (gate := world.earned(user_id, guild_id))}
        for role_id in sorted(earned - discord.roles[user_id]):
            yield f"I5: member {user_id} does not have role {role_id} in the end"
        for role_id in sorted(roles - earned):
            if not holder.is_linked:
                yield f"I8: member {user_id} unlinked and still has role {role_id}"
            elif not held:
                yield f"I5: member {user_id} still has role {role_id} in the end"
