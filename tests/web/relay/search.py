"""Every state of a variant, with a shortest way to each, and the same trace in another variant."""

from __future__ import annotations

from tests.web.relay.moves import Move, moves
from tests.web.relay.steps import No, Step
from tests.web.relay.variants import Variant
from tests.web.relay.world import World

Trace = tuple[Step, ...]


class Search:
    """Every state of a variant, with a shortest way to it and all that can be done there.

    For every way to be refused it has a shortest attempt.
    """

    def __init__(self, variant: Variant) -> None:
        self.states: dict[World, Trace] = {World(): ()}
        self.attempts: dict[tuple[Step, No], Trace] = {}
        self._moves: dict[World, dict[Step, Move]] = {}
        queue = [World()]
        for world in queue:  # grows meanwhile
            found = list(moves(variant, world))
            self._moves[world] = {move.step: move for move in found}
            assert len(self._moves[world]) == len(found), "one step leads to two states"
            for step, after, no in found:
                trace = (*self.states[world], step)
                if no:
                    self.attempts.setdefault((step, no), trace)
                if after not in self.states:
                    self.states[after] = trace
                    queue.append(after)

    def follow(self, start: World, trace: Trace) -> list[Move]:
        """What comes of each step from a state on."""
        done: list[Move] = []
        for step in trace:
            done.append(self._moves[done[-1].world if done else start][step])
        return done

    def linked(self, user: str, wallet: str) -> Trace | None:
        """A shortest way to link somebody's wallet to a Discord user, None: there is none."""
        return next((trace for world, trace in self.states.items() if (user, wallet) in world.linked), None)

    def signed(self, user: str, wallet: str) -> Trace | None:
        """A shortest way to a signature by somebody's wallet that is taken for a user's session, linked or not."""
        pair = (user, wallet)
        states = self.states.items()
        return next((trace for at, trace in states if pair in at.linked or at.of(user).signer == wallet), None)


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
