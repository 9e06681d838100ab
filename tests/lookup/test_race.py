"""Which answer is taken when several sources are asked at once: for values, then for answers that arrive in turn."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import LimitError, NotFoundError, RefusedError, SourceError, UnavailableError
from bot.lookup.race import AnswerQuality, choose, first_answer
from bot.messages import Message, Words, language_of

NONE, UNCLEAR, EMPTY, SOME, WHOLE = AnswerQuality
STATES = st.lists(st.tuples(st.sampled_from(AnswerQuality), st.booleans()), min_size=1, max_size=5)
WAIT = None


def states(text: str) -> list[tuple[AnswerQuality, bool]]:
    """`whole some… none`: an ellipsis marks one that is still under way."""
    return [(AnswerQuality[word.rstrip("…").upper()], not word.endswith("…")) for word in text.split()]


@pytest.mark.parametrize(
    ("answers", "patient", "impatient"),
    [
        ("whole… none…", 0, 0),
        ("none… whole", WAIT, 1),
        ("none whole…", 1, 1),
        ("empty whole", 1, 1),
        ("some whole", 1, 1),
        ("whole whole", 0, 0),
        ("empty none…", WAIT, 0),
        ("some none…", WAIT, 0),
        ("empty some… none…", WAIT, 1),
        ("some… whole…", WAIT, 1),
        # No other source can answer any more: the received pages are shown while the others arrive.
        ("none some…", 1, 1),
        ("some… empty", 0, 0),
        ("some some…", WAIT, 0),
        ("empty empty", 0, 0),
        ("unclear empty", 1, 1),
        ("unclear none…", WAIT, WAIT),
        ("unclear none", 0, 0),
        ("none unclear…", WAIT, WAIT),
        ("none none…", WAIT, WAIT),
        ("none none", None, None),
    ],
)
def test_a_whole_answer_that_holds_something_is_the_best_and_the_order_decides_among_equals(
    answers: str, patient: int | None, impatient: int | None
) -> None:
    assert choose(states(answers), patient=True) == patient
    assert choose(states(answers), patient=False) == impatient


@given(STATES)
def test_patience_only_ever_delays(answers: Sequence[tuple[AnswerQuality, bool]]) -> None:
    if choose(answers, patient=True) is not None:
        assert choose(answers, patient=False) is not None


@given(answers=STATES, patient=st.booleans())
def test_when_all_have_ended_the_best_is_taken_and_nothing_is_waited_for(
    *, answers: Sequence[tuple[AnswerQuality, bool]], patient: bool
) -> None:
    over = [(quality, True) for quality, _ in answers]
    chosen = choose(over, patient=patient)
    best = max(quality for quality, _ in answers)
    assert (over[chosen][0] if chosen is not None else NONE) == best


@given(answers=STATES, patient=st.booleans())
def test_a_source_without_an_answer_is_never_taken(
    *, answers: Sequence[tuple[AnswerQuality, bool]], patient: bool
) -> None:
    chosen = choose(answers, patient=patient)
    assert chosen is None or answers[chosen][0] is not NONE


# ---------------------------------------------------------------- answers that arrive in turn


class Source:
    """Gives the answers that the test gives it, and ends as the test wants."""

    def __init__(self) -> None:
        self.left = False
        self._answers: asyncio.Queue[AnswerQuality | Exception | None] = asyncio.Queue()

    def give(self, *answers: AnswerQuality | Exception | None) -> None:
        """Queue answers; an error, or None for the end."""
        for each in answers:
            self._answers.put_nowait(each)

    async def answer(self) -> AsyncIterator[AnswerQuality]:
        try:
            while (answers := await self._answers.get()) is not None:
                if isinstance(answers, Exception):
                    raise answers
                yield answers
        finally:
            self.left = True


class Race:
    """Two sources, and a patience that the test ends."""

    def __init__(self) -> None:
        self.first, self.second, self.over = Source(), Source(), asyncio.Event()
        asked = [("Loopring", self.first.answer()), ("Ethereum", self.second.answer())]
        self.task = asyncio.create_task(first_answer(asked, lambda answers: answers, self.over.wait()))

    async def winner(self) -> str:
        async with asyncio.timeout(5):
            return str((await self.task).label)

    async def settle(self) -> None:
        """Let everything happen that can happen without the test."""
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.fixture
async def race() -> Race:
    race = Race()
    await race.settle()
    return race


async def test_the_preferred_source_is_waited_for_until_patience_ends(race: Race) -> None:
    race.second.give(WHOLE, None)
    await race.settle()
    assert not race.task.done()
    race.first.give(WHOLE)
    assert await race.winner() == "Loopring"


async def test_a_silent_source_is_not_waited_for_after_patience_ends(race: Race) -> None:
    race.second.give(WHOLE, None)
    race.over.set()
    assert await race.winner() == "Ethereum"
    await race.settle()
    assert race.first.left


@pytest.mark.parametrize(
    "error", [NotFoundError(Message("no")), UnavailableError(Message("later")), ZeroDivisionError("ours")]
)
async def test_an_error_of_one_source_does_not_hide_the_answer_of_another(race: Race, error: Exception) -> None:
    race.first.give(error)
    race.second.give(WHOLE)
    assert await race.winner() == "Ethereum"


async def test_an_answer_taken_while_it_grows_continues_to_its_end(race: Race) -> None:
    race.first.give(NotFoundError(Message("no")))
    race.second.give(SOME)
    async with asyncio.timeout(5):
        taken = await race.task
        seen = [taken.current]
        async for answers in taken.answer():
            seen.append(answers)
            race.second.give(WHOLE, None)
    assert seen == [SOME, SOME, WHOLE]
    assert race.second.left


async def test_leaving_the_taken_answer_ends_every_request(race: Race) -> None:
    race.first.give(NotFoundError(Message("no")))
    race.second.give(SOME)
    answer = (await race.task).answer()
    assert await anext(answer) is SOME
    await race.settle()
    assert not race.second.left
    await answer.aclose()
    await race.settle()
    assert race.second.left


async def test_an_error_at_the_end_of_the_taken_answer_is_raised(race: Race) -> None:
    race.first.give(NotFoundError(Message("no")))
    race.second.give(SOME, ZeroDivisionError("ours"))
    taken = await race.task
    with pytest.raises(ZeroDivisionError):
        _ = [answers async for answers in taken.answer()]


async def test_cancelling_the_race_ends_every_request(race: Race) -> None:
    race.task.cancel()
    await race.settle()
    assert race.task.cancelled()
    assert race.first.left
    assert race.second.left


NO, LATER, KEY = (
    NotFoundError(Message("None here.")),
    UnavailableError(Message("Later.")),
    RefusedError(Message("The key.")),
)
FAULT = ZeroDivisionError("ours")
BOTH = "None of the sources answers now: Loopring and Ethereum were asked. Try again in a minute."


@pytest.mark.parametrize(
    ("first", "second", "kind", "sentence"),
    [
        (NO, NotFoundError(Message("Nor here.")), NotFoundError, "None here."),
        # One says that there is none, the other does not answer: that is unknown, and not none.
        (NO, LATER, UnavailableError, "Later."),
        (LATER, NO, UnavailableError, "Later."),
        (LATER, SourceError(Message("Not today.")), UnavailableError, BOTH),
        (KEY, LATER, UnavailableError, BOTH),
        (KEY, RefusedError(Message("Another key.")), RefusedError, "The key."),
        (LATER, FAULT, ZeroDivisionError, "ours"),
        (LATER, LimitError(Message("Too many questions.")), LimitError, "Too many questions."),
    ],
    ids=str,
)
async def test_when_nobody_answers_one_sentence_says_so(
    race: Race, first: Exception, second: Exception, kind: type[Exception], sentence: str
) -> None:
    race.first.give(first)
    race.second.give(second)
    with pytest.raises(kind) as caught:
        await race.winner()
    assert type(caught.value) is kind
    assert str(caught.value) == sentence


async def test_with_several_that_do_not_answer_all_are_named_in_the_readers_language() -> None:
    sources = [Source() for _ in range(3)]
    archive = Message("{source}, recorded {day:%Y-%m-%d}")(source="Loopring", day=date(2026, 6, 1))
    labels: list[Words | str] = ["Ethereum", archive, "Polygon"]
    asked = [(label, source.answer()) for label, source in zip(labels, sources, strict=True)]
    task = asyncio.create_task(first_answer(asked, lambda answers: answers, asyncio.sleep(0)))
    for source in sources:
        source.give(UnavailableError(Message("It is down.")))
    with pytest.raises(UnavailableError) as caught:
        await task
    assert "Ethereum, Loopring, recorded 2026-06-01 and Polygon were asked" in str(caught.value)
    assert "Ethereum, Loopring, aufgezeichnet am 2026-06-01 und Polygon" in caught.value.words.render(language_of("de"))
