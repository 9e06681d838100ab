"""Who is next: askers take turns, proofs first, nobody starves, and who leaves is forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import LimitError
from bot.sources.askers import Asker, Askers, Priority
from bot.sources.fair_queue import MAX_AT_ONCE, MAX_WAITING, FairQueue, Ticket

ADA, BEN, EVE = Asker.member(1), Asker.member(2), Asker.member(3)
PEOPLE = [ADA, BEN, EVE]
EVERYBODY = [*PEOPLE, Asker.prover(1), Asker.prover(4), Asker.job("nightly"), Asker.job("sync")]


def wait_for(queue: FairQueue, askers: Askers | Asker) -> Ticket:
    ticket = Ticket(askers if isinstance(askers, Askers) else Askers(askers))
    queue.add(ticket)
    return ticket


def serve(queue: FairQueue) -> Ticket | None:
    """The next one, answered at once."""
    ticket = queue.take_next()
    if ticket:
        queue.remove(ticket)
    return ticket


def order(queue: FairQueue, names: dict[Ticket, str]) -> list[str]:
    """In which order all that wait are sent."""
    served = []
    while ticket := serve(queue):
        served.append(names[ticket])
    return served


def test_the_questions_of_one_do_not_make_another_wait() -> None:
    queue = FairQueue()
    names = {wait_for(queue, ADA): f"ada {n}" for n in range(MAX_WAITING)}
    names |= {wait_for(queue, BEN): f"ben {n}" for n in range(2)}
    assert order(queue, names)[:5] == ["ada 0", "ben 0", "ada 1", "ben 1", "ada 2"]


def test_the_later_requests_of_a_reading_go_before_the_next_reading() -> None:
    queue, first = FairQueue(), Askers(ADA)
    names = {wait_for(queue, first): "first"}
    names |= {wait_for(queue, ADA): "second"}
    served = [names[ticket] for ticket in [serve(queue)] if ticket]
    names |= {wait_for(queue, Askers(ADA, part_of=first)): "page 2 of the first"}
    assert [*served, *order(queue, names)] == ["first", "page 2 of the first", "second"]


def test_a_member_is_one_asker_however_they_ask() -> None:
    assert Asker.member(5) == Asker.member(5)
    assert Asker.prover(5) != Asker.member(5)
    assert "5" not in repr(Asker.member(5))  # logs and errors quote it, and ids of members stay out of them


def test_a_shared_request_goes_at_the_first_turn_of_any_who_wait_for_it() -> None:
    queue, reading = FairQueue(), Askers(Asker.job("nightly"))
    names = {wait_for(queue, ADA): f"ada {n}" for n in range(3)}
    names |= {wait_for(queue, reading): "shared"}
    reading.join(BEN)
    assert order(queue, names) == ["ada 0", "shared", "ada 1", "ada 2"]


def test_a_proof_that_joins_takes_a_reading_of_background_work_with_it() -> None:
    queue, reading = FairQueue(), Askers(Asker.job("nightly"))
    names = {wait_for(queue, ADA): "ada", wait_for(queue, reading): "shared"}
    reading.join(Asker.prover(2))
    assert order(queue, names) == ["shared", "ada"]


def test_a_reading_that_everybody_left_goes_on_in_the_background() -> None:
    queue, reading = FairQueue(), Askers(ADA)
    names = {wait_for(queue, reading): "left", wait_for(queue, ADA): "ada", wait_for(queue, BEN): "ben"}
    reading.leave(ADA)
    assert reading.abandoned
    assert [asker.priority for asker in reading] == [Priority.BACKGROUND]
    assert order(queue, names) == ["ada", "ben", "left"]


def test_a_request_that_another_paid_for_is_not_counted_against_the_first() -> None:
    queue, reading = FairQueue(), Askers(ADA)
    reading.join(BEN)
    slow = [wait_for(queue, ADA) for _ in range(MAX_AT_ONCE)]
    assert [queue.take_next() for _ in slow] == slow
    shared = wait_for(queue, reading)
    assert queue.take_next() is shared  # at Ben's turn: Ada has three under way
    waiting = wait_for(queue, ADA)
    assert queue.take_next() is None
    queue.remove(slow[0])
    assert queue.take_next() is waiting


def test_jobs_wait_as_long_as_it_takes_and_people_are_refused_at_twenty() -> None:
    queue = FairQueue()
    for _ in range(MAX_WAITING + 5):
        wait_for(queue, Asker.job("nightly"))
    for _ in range(MAX_WAITING):
        wait_for(queue, ADA)
    with pytest.raises(LimitError, match=rf"You have {MAX_WAITING} questions under way\.") as refused:
        wait_for(queue, ADA)
    assert refused.value.retry_after > 0  # it may be tried again, by a button
    both = Askers(ADA)
    both.join(BEN)
    wait_for(queue, both)  # Ben has asked for nothing else


# ---------------------------------------------------------------- whatever happens

# A step: who asks (a number of EVERYBODY), or None: the source has room for a request.
steps = st.lists(st.none() | st.sampled_from(EVERYBODY), max_size=80)


@given(st.lists(st.none() | st.sampled_from(PEOPLE), max_size=80))
def test_between_two_turns_of_one_who_waits_every_other_has_one_at_most(asked: Sequence[Asker | None]) -> None:
    queue, waiting, turns = FairQueue(), Counter[Asker](), list[tuple[Asker, set[Asker]]]()
    owners: dict[Ticket, Asker] = {}
    for asker in [*asked, *[None] * len(asked)]:
        if asker and waiting[asker] < MAX_WAITING:
            owners[wait_for(queue, asker)] = asker
            waiting[asker] += 1
        elif ticket := serve(queue):
            turns.append((owners[ticket], {each for each in waiting if waiting[each]}))
            waiting[owners[ticket]] -= 1
    assert not +waiting
    for asker in PEOPLE:
        own = [place for place, (served, _) in enumerate(turns) if served == asker]
        for start, end in pairwise(own):
            if all(asker in who for _, who in turns[start + 1 : end + 1]):
                between = Counter(served for served, _ in turns[start + 1 : end])
                assert max(between.values(), default=0) <= 1


@given(st.lists(st.sampled_from(EVERYBODY), min_size=1, max_size=60), st.sampled_from(EVERYBODY))
def test_nobody_starves_however_urgently_others_ask(urgent: list[Asker], asker: Asker) -> None:
    queue = FairQueue()
    mine = wait_for(queue, asker)
    for turn in range(200):
        for other in EVERYBODY:  # the one that was served asks again: all wait all the time
            if other != asker and (turn == 0 or other in urgent):
                wait_for(queue, other if other.priority is Priority.BACKGROUND else Asker(other.priority, f"{turn}"))
        ticket = serve(queue)
        assert ticket is not None
        if ticket is mine:
            return
    pytest.fail(f"{asker} waited for 200 turns")


@given(steps, st.data())
def test_every_request_is_sent_once_and_nothing_of_it_is_left(
    asked: Sequence[Asker | None], data: st.DataObject
) -> None:
    queue = FairQueue()
    waiting: list[Ticket] = []
    under_way: list[Ticket] = []
    for asker in asked:
        if asker:
            if len(waiting) < MAX_WAITING:
                waiting.append(wait_for(queue, asker))
        elif len(waiting) > data.draw(st.integers(0, MAX_WAITING), label="patience"):
            queue.remove(waiting.pop(data.draw(st.integers(0, len(waiting) - 1), label="which")))
        elif ticket := queue.take_next():
            under_way.append(ticket)
            waiting.remove(ticket)
        elif under_way:
            queue.remove(under_way.pop(0))
    while waiting or under_way:
        if ticket := queue.take_next():
            waiting.remove(ticket)
            under_way.append(ticket)
        else:
            queue.remove(under_way.pop(0))
    assert queue.take_next() is None
    assert queue.rotation == ()


def test_those_who_asked_long_ago_are_forgotten() -> None:
    queue = FairQueue()
    for user_id in range(1000):
        wait_for(queue, Asker.member(user_id))
        serve(queue)
        assert len(queue.rotation) <= 1
    serve(queue)
    assert queue.rotation == ()


# ---------------------------------------------------------------- what it costs


@dataclass(frozen=True, slots=True)
class CountedAsker(Asker):
    """One of whom it is counted how often anybody looks for them."""

    looked_for: ClassVar[int] = 0

    def __hash__(self) -> int:
        CountedAsker.looked_for += 1
        return hash(self.key)


@pytest.mark.parametrize("priority", Priority)
def test_what_a_request_costs_does_not_grow_with_those_that_wait(priority: Priority) -> None:
    CountedAsker.looked_for = 0
    queue, count = FairQueue(), 5000
    tickets = [wait_for(queue, CountedAsker(priority, f"{number}")) for number in range(count)]
    assert [serve(queue) for _ in tickets] == tickets
    assert CountedAsker.looked_for < 40 * count


def test_what_joining_a_request_costs_does_not_grow_with_those_who_wait_for_it() -> None:
    CountedAsker.looked_for = 0
    queue, count = FairQueue(), 5000
    members = [CountedAsker(Priority.INTERACTIVE, f"{number}") for number in range(count)]
    reading = Askers(members[0])
    ticket = wait_for(queue, reading)
    for member in members[1 : count // 2]:
        reading.join(member)
    later = [Askers(member) for member in members[count // 2 :]]
    for each in later:
        ticket.join(each)
    assert queue.rotation == tuple(members)
    for each in later:
        ticket.leave(each)
    for member in members[: count // 2]:
        reading.leave(member)
    assert queue.rotation == (members[count // 2 - 1].in_background(),)
    assert CountedAsker.looked_for < 40 * count
