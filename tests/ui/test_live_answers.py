"""If there are too many answers the oldest ends, and is remembered as ended."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.ui.live_answers import LiveAnswers


@dataclass(eq=False)
class Answer:
    """An answer that only records its end."""

    origin: int
    ended: list[int] = field(default_factory=list)

    def end(self) -> None:
        """Record it."""
        self.ended.append(self.origin)

    def give_way(self) -> None:
        """Record it, too."""
        self.ended.append(-self.origin)


def answers(count: int) -> tuple[list[Answer], list[int]]:
    """So many answers, and the list in which they record their ends."""
    ended: list[int] = []
    return [Answer(number, ended) for number in range(1, count + 1)], ended


def test_the_oldest_ends_when_there_is_one_too_many() -> None:
    live = LiveAnswers(at_most=2)
    all_of_them, ended = answers(4)
    for answer in all_of_them:
        live.use(answer)
    assert ended == [1, 2]
    assert [live.has_ended(answer.origin) for answer in all_of_them] == [True, True, False, False]


def test_one_that_was_used_is_not_the_oldest() -> None:
    live = LiveAnswers(at_most=2)
    (first, second, third), ended = answers(3)
    for answer in (first, second, first, third):
        live.use(answer)
    assert ended == [second.origin]


def test_one_that_ended_by_itself_makes_room_and_was_not_ended_by_others() -> None:
    live = LiveAnswers(at_most=2)
    (first, second, third), ended = answers(3)
    live.use(first)
    live.use(second)
    live.forget(first)
    live.forget(first)
    live.use(third)
    assert ended == []
    assert not live.has_ended(first.origin)


def test_only_so_many_ends_are_remembered() -> None:
    live = LiveAnswers(at_most=1, remembered=2)
    all_of_them, _ = answers(5)
    for answer in all_of_them:
        live.use(answer)
    assert [live.has_ended(answer.origin) for answer in all_of_them] == [False, False, True, True, False]


def test_one_in_whose_message_an_error_stands_gives_way_and_nothing_of_it_is_shown_there_later() -> None:
    live = LiveAnswers()
    (first, second), ended = answers(2)
    live.use(first)
    live.use(second)
    live.replaced(first.origin)
    live.replaced(first.origin)
    live.replaced(0)  # an answer that nothing was pressed for
    assert ended == [-first.origin]
    assert not live.has_ended(first.origin)
