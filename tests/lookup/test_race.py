"""Whose answer is taken when several are asked at once: decided by values, then over answers that come in turn."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotFoundError, RefusedError, SourceError, UnavailableError
from bot.lookup.race import Standing, choose, first_answer
from bot.messages import Message

NONE, UNCLEAR, EMPTY, SOME, WHOLE = Standing
STATES = st.lists(st.tuples(st.sampled_from(Standing), st.booleans()), min_size=1, max_size=5)
WAIT = None


def states(text: str) -> list[tuple[Standing, bool]]:
    """`whole some… none`: an ellipsis stands for one that is still under way."""
    return [(Standing[word.rstrip("…").upper()], not word.endswith("…")) for word in text.split()]


@pytest.mark.parametrize(
    ("said", "patient", "impatient"),
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
        # Nobody else is left who could say more: the pages that are there are shown while the others come.
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
    said: str, patient: int | None, impatient: int | None
) -> None:
    assert choose(states(said), patient=True) == patient
    assert choose(states(said), patient=False) == impatient


@given(STATES)
def test_patience_only_ever_delays(said: Sequence[tuple[Standing, bool]]) -> None:
    if choose(said, patient=True) is not None:
        assert choose(said, patient=False) is not None


@given(said=STATES, patient=st.booleans())
def test_when_all_have_ended_the_best_is_taken_and_nothing_is_waited_for(
    *, said: Sequence[tuple[Standing, bool]], patient: bool
) -> None:
    over = [(standing, True) for standing, _ in said]
    chosen = choose(over, patient=patient)
    best = max(standing for standing, _ in said)
    assert (over[chosen][0] if chosen is not None else NONE) == best


@given(said=STATES, patient=st.booleans())
def test_who_said_nothing_is_never_taken(*, said: Sequence[tuple[Standing, bool]], patient: bool) -> None:
    chosen = choose(said, patient=patient)
    assert chosen is None or said[chosen][0] is not NONE


# ---------------------------------------------------------------- answers that come in turn


class Source:
    """Says what the test lets it say, and ends as the test wants it to."""

    def __init__(self) -> None:
        self.left = False
        self._said: asyncio.Queue[Standing | Exception | None] = asyncio.Queue()

    def say(self, *said: Standing | Exception | None) -> None:
        """Answers; an error, or None for the end."""
        for each in said:
            self._said.put_nowait(each)

    async def answer(self) -> AsyncIterator[Standing]:
        try:
            while (said := await self._said.get()) is not None:
                if isinstance(said, Exception):
                    raise said
                yield said
        finally:
            self.left = True


class Race:
    """Two sources, and a patience that the test ends."""

    def __init__(self) -> None:
        self.first, self.second, self.over = Source(), Source(), asyncio.Event()
        asked = [("Loopring", self.first.answer()), ("Ethereum", self.second.answer())]
        self.task = asyncio.create_task(first_answer(asked, lambda said: said, self.over.wait()))

    async def winner(self) -> str:
        async with asyncio.timeout(5):
            return (await self.task).label

    async def settle(self) -> None:
        """Let everything happen that can happen without the test."""
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.fixture
async def race() -> Race:
    race = Race()
    await race.settle()
    return race


async def test_the_preferred_one_is_waited_for_while_patience_lasts(race: Race) -> None:
    race.second.say(WHOLE, None)
    await race.settle()
    assert not race.task.done()
    race.first.say(WHOLE)
    assert await race.winner() == "Loopring"


async def test_silence_is_not_waited_for_longer_than_patience_lasts(race: Race) -> None:
    race.second.say(WHOLE, None)
    race.over.set()
    assert await race.winner() == "Ethereum"
    await race.settle()
    assert race.first.left


@pytest.mark.parametrize(
    "error", [NotFoundError(Message("no")), UnavailableError(Message("later")), ZeroDivisionError("ours")]
)
async def test_an_error_of_one_takes_the_answer_of_the_other_from_nobody(race: Race, error: Exception) -> None:
    race.first.say(error)
    race.second.say(WHOLE)
    assert await race.winner() == "Ethereum"


async def test_what_is_taken_while_it_grows_goes_on_to_its_end(race: Race) -> None:
    race.first.say(NotFoundError(Message("no")))
    race.second.say(SOME)
    async with asyncio.timeout(5):
        entrant = await race.task
        seen = [entrant.said]
        async for said in entrant.answer():
            seen.append(said)
            race.second.say(WHOLE, None)
    assert seen == [SOME, SOME, WHOLE]
    assert race.second.left


async def test_who_leaves_what_was_taken_leaves_nobody_asking(race: Race) -> None:
    race.first.say(NotFoundError(Message("no")))
    race.second.say(SOME)
    answer = (await race.task).answer()
    assert await anext(answer) is SOME
    await race.settle()
    assert not race.second.left
    await answer.aclose()
    await race.settle()
    assert race.second.left


async def test_a_fault_at_the_end_of_what_was_taken_is_raised(race: Race) -> None:
    race.first.say(NotFoundError(Message("no")))
    race.second.say(SOME, ZeroDivisionError("ours"))
    entrant = await race.task
    with pytest.raises(ZeroDivisionError):
        _ = [said async for said in entrant.answer()]


async def test_who_goes_away_leaves_nobody_asking(race: Race) -> None:
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
        # One says that there is none, the other says nothing: that is unknown, and not none.
        (NO, LATER, UnavailableError, "Later."),
        (LATER, NO, UnavailableError, "Later."),
        (LATER, SourceError(Message("Not today.")), UnavailableError, BOTH),
        (KEY, LATER, UnavailableError, BOTH),
        (KEY, RefusedError(Message("Another key.")), RefusedError, "The key."),
        (LATER, FAULT, ZeroDivisionError, "ours"),
    ],
    ids=str,
)
async def test_when_nobody_answers_one_sentence_says_so(
    race: Race, first: Exception, second: Exception, kind: type[Exception], sentence: str
) -> None:
    race.first.say(first)
    race.second.say(second)
    with pytest.raises(kind) as caught:
        await race.winner()
    assert type(caught.value) is kind
    assert str(caught.value) == sentence
