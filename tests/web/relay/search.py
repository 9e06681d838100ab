"""Every state of a variant, with a shortest way to each, and the same trace in another variant."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tests.web.relay.moves import Move, moves
from tests.web.relay.steps import No, Step
from tests.web.relay.variants import Variant
from tests.web.relay.world import World

Trace = tuple[Step, ...]
Before = dict[World, tuple[World, Step] | None]  # from where, and by which step, a state was first come to


class Search:
    """Every state of a variant, with a shortest way to it and all that can be done there.

    For every way to be refused it has a shortest attempt.
    """

    def __init__(self, variant: Variant) -> None:
        self._before: Before = {World(): None}
        self._moves: dict[World, dict[Step, Move]] = {}
        first_tries: dict[tuple[Step, No], World] = {}
        for world, found in _explored(variant, self._before):
            self._moves[world] = {move.step: move for move in found}
            assert len(self._moves[world]) == len(found), "one step leads to two states"
            for step, _, no in found:
                if no:
                    first_tries.setdefault((step, no), world)
        self.attempts = {(step, no): (*self._trace_to(at), step) for (step, no), at in first_tries.items()}

    @property
    def states(self) -> list[World]:
        """All of them, those with the shortest ways first."""
        return list(self._before)

    def moves(self) -> Iterator[tuple[World, Move]]:
        """Whatever can be done in any state, or tried."""
        return ((world, move) for world, found in self._moves.items() for move in found.values())

    def follow(self, start: World, trace: Trace) -> list[Move]:
        """What comes of each step from a state on."""
        done: list[Move] = []
        for step in trace:
            done.append(self._moves[done[-1].world if done else start][step])
        return done

    def linked(self, user: str, wallet: str) -> Trace | None:
        """A shortest way to link somebody's wallet to a Discord user, None: there is none."""
        return next((self._trace_to(world) for world in self._before if (user, wallet) in world.linked), None)

    def signed(self, user: str, wallet: str) -> Trace | None:
        """A shortest way to a signature by somebody's wallet that is taken for a user's session, linked or not."""
        pair = (user, wallet)
        taken = (world for world in self._before if pair in world.linked or world.of(user).signer == wallet)
        return next((self._trace_to(world) for world in taken), None)

    def _trace_to(self, world: World) -> Trace:
        return _trace(self._before, world)


@cache
def first_link(variant: Variant, user: str, wallet: str) -> Trace | None:
    """What `Search.linked` returns, without all that can be done after it."""
    before: Before = {World(): None}
    for world, found in _explored(variant, before):
        for move in found:
            if (user, wallet) in move.world.linked:
                return (*_trace(before, world), move.step)
    return None


def _explored(variant: Variant, before: Before) -> Iterator[tuple[World, list[Move]]]:
    """Each state and what can be done there, the nearest first; `before` gets how each was first come to."""
    queue = list(before)
    for world in queue:  # grows meanwhile
        found = list(moves(variant, world))
        for step, after, _ in found:
            if after not in before:
                before[after] = (world, step)
                queue.append(after)
        yield world, found


def _trace(before: Before, world: World) -> Trace:
    steps: list[Step] = []
    while last := before[world]:
        world, step = last
        steps.append(step)
    return tuple(reversed(steps))


def follow(variant: Variant, trace: Trace) -> list[Move]:
    """What comes of each step of a trace, which may be of another variant.

    It ends early at a step that cannot even be tried, as one before it was refused.
    """
    world, done = World(), list[Move]()
    for step in trace:
        move = next((each for each in moves(variant, world) if each.step == step), None)
        if move is None:
            assert any(each.no for each in done), step
            break
        world = move.world
        done.append(move)
    return done
