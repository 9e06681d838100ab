"""The relay attack against the real handlers: what breaks a weaker protocol, and every refusal of the model."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import InputError, LimitError, SessionError
from bot.linking.outcome import Outcome, Result
from bot.links.proofs import ProofMethod
from tests.sandbox_client import SandboxClient
from tests.web.harness import PageHarness, open_page
from tests.web.relay.play import HONEST, MODELS, USERS, WALLETS, Play
from tests.web.relay.search import Search, Trace, first_link, follow
from tests.web.relay.steps import MALLORY, WHALE, Do, No, Step, page_in
from tests.web.relay.variants import VARIANTS


def attack(name: str) -> Trace:
    """What breaks a weaker protocol."""
    return first_link(VARIANTS[name], MALLORY, WHALE) or ()


# Which step of an attack on a weaker protocol leads nowhere here, and why.
FAILS: dict[ProofMethod, list[tuple[str, Do, No]]] = {
    ProofMethod.OAUTH: [
        ("A", Do.SIGN, No.NOT_READY),
        ("C", Do.LOG_IN, No.OTHER_USER),
        ("D", Do.RETURN, No.NO_LOGIN),
        ("D'", Do.RETURN, No.STATE),
        ("I", Do.OPAQUE, No.OTHER_DIGEST),
        ("J", Do.TOSS, No.OTHER_COOKIE),
        ("K", Do.SIGN, No.NOT_READY),
        ("K'", Do.LOG_IN, No.OTHER_USER),
        ('K"', Do.RETURN, No.NO_LOGIN),
    ],
    ProofMethod.CODE: [("I'", Do.OPAQUE, No.OTHER_DIGEST)],
}


@pytest.mark.parametrize("is_held", [False, True], ids=["nobody has it", "the whale has it"])
@pytest.mark.parametrize(
    ("method", "name", "fails_at", "why"), [(method, *fails) for method, each in FAILS.items() for fails in each]
)
async def test_what_breaks_a_weaker_protocol_fails_here(
    sandbox: SandboxClient, tmp_path: Path, method: ProofMethod, name: str, fails_at: Do, why: No, *, is_held: bool
) -> None:
    async with open_page(sandbox, tmp_path, method=method) as harness:
        play, model = Play(harness), MODELS[method]
        if is_held:
            await play.follow(model, HONEST[method])
        before = await play.linked()
        refused = [move for move in follow(model, attack(name)) if move.no]
        assert (refused[0].step.do, refused[0].no) == (fails_at, why)
        await play.follow(model, attack(name))
        assert await play.linked() == before == ({(WHALE, WHALE)} if is_held else set())
        assert await harness.events("contest") == 0
        assert await harness.events("relay") == (why is No.OTHER_USER)


ATTEMPTS = [(method, trace) for method, model in MODELS.items() for trace in Search(model).attempts.values()]


@pytest.mark.parametrize(
    ("method", "trace"), ATTEMPTS, ids=[f"{method.value}: {trace[-1]}" for method, trace in ATTEMPTS]
)
async def test_every_refusal_of_the_model_is_one_of_the_page(
    sandbox: SandboxClient, tmp_path: Path, method: ProofMethod, trace: Trace
) -> None:
    async with open_page(sandbox, tmp_path, method=method) as harness:
        play = Play(harness)
        # In the end Whale starts again, and needs nobody for it.
        linked = await play.follow(MODELS[method], trace + HONEST[method])
        assert await play.linked() == linked
        assert (WHALE, WHALE) in linked
        assert await harness.events("relay") == sum(move.no is No.OTHER_USER for move in follow(MODELS[method], trace))


# Whale is lured to her link, and she goes on with it in a browser of her own: what he has then is a login.
TAKEN_UP: Trace = (
    Step(MALLORY, Do.RUN, MALLORY),
    Step(WHALE, Do.OPEN, MALLORY),
    Step(MALLORY, Do.OPEN, MALLORY),
    Step(MALLORY, Do.KEEP, MALLORY),
    Step(MALLORY, Do.RETURN, MALLORY, MALLORY),
    Step(WHALE, Do.SIGN, MALLORY),
)


async def test_a_session_that_is_taken_up_elsewhere_is_no_more_in_the_browser_that_opened_it(
    harness: PageHarness,
) -> None:
    play = Play(harness)
    await play.follow(MODELS[ProofMethod.OAUTH], TAKEN_UP)
    whale = play.browsers[WHALE]
    assert (await whale.reload()).body["step"] == "elsewhere"
    assert (whale.state["user"], whale.state["account"], whale.state["guild"]) == (None, "", "")
    # And what he could do at any link of hers, he may still try there: he is refused, and what is hers goes on.
    page = page_in(MALLORY, WHALE)
    assert await play.take(Step(WHALE, Do.LOG_IN, page, page)) == "dead: other_user"
    assert (await play.browsers[MALLORY].reload()).body["step"] == "wallet"
    assert await play.linked() == set()


async def test_both_members_are_notified_of_a_relayed_link_and_the_session_is_dead(
    harness: PageHarness,
) -> None:
    play = Play(harness)
    await play.follow(MODELS[ProofMethod.OAUTH], attack("C")[:2])
    whale = play.browsers[WHALE]
    csrf = {"X-Tessera-CSRF": whale.state["csrf"]}
    assert "brunowaves" not in str(whale.state)
    await play.take(attack("C")[2])
    assert (whale.state["step"], whale.state["reason"], whale.state["user"]) == ("dead", "other_user", None)
    assert "brunowaves" not in str(whale.state)
    assert await play.outcomes[MALLORY] == Outcome(Result.RELAYED, relays=1)
    # Not even with what the page knew before, nor by the link once more.
    address = {"address": await harness.address(WALLETS[WHALE])}
    assert (await whale.post("challenge", address, headers=csrf)).error == "session"
    assert (await harness.browser().open(play.links[MALLORY])).error == "session"
    assert (await harness.sandbox.get("/_client/oauth"))["tokens_alive"] == 0


async def test_after_three_relayed_links_in_a_day_their_maker_can_make_none_for_a_day(harness: PageHarness) -> None:
    for relays in (1, 2, 3):
        play = Play(harness)
        await play.follow(MODELS[ProofMethod.OAUTH], attack("C"))
        assert await play.outcomes[MALLORY] == Outcome(Result.RELAYED, relays=relays)
    harness.pass_time(timedelta(hours=23, minutes=59, seconds=57))
    with pytest.raises(LimitError, match="Others opened links that you made, too often: you cannot verify for a day"):
        await harness.begin(USERS[MALLORY])
    await Play(harness).follow(MODELS[ProofMethod.OAUTH], HONEST[ProofMethod.OAUTH])
    harness.pass_time(timedelta(seconds=5))
    await harness.begin(USERS[MALLORY])


async def test_a_lock_lasts_a_day_from_the_third_relay_on(harness: PageHarness) -> None:
    for apart in (timedelta(), timedelta(hours=11), timedelta(hours=12, minutes=54)):
        harness.pass_time(apart)
        await Play(harness).follow(MODELS[ProofMethod.OAUTH], attack("C"))
    harness.pass_time(timedelta(hours=23, minutes=59))
    with pytest.raises(LimitError, match="you cannot verify for a day"):
        await harness.begin(USERS[MALLORY])
    harness.pass_time(timedelta(minutes=2))
    await harness.begin(USERS[MALLORY])


async def test_a_code_that_the_whale_hands_over_is_the_key_that_it_is(sandbox: SandboxClient, tmp_path: Path) -> None:
    """The rest of risk of a page without Discord's login: two warnings have to be ignored, then Mallory has it."""
    async with open_page(sandbox, tmp_path, method=ProofMethod.CODE) as harness:
        play = Play(harness)
        assert await play.follow(MODELS[ProofMethod.CODE], attack("B'")) == {(MALLORY, WHALE)} == await play.linked()


@pytest.mark.parametrize("is_held", [False, True], ids=["nobody has it", "the whale has it"])
async def test_a_text_that_names_mallory_signed_on_her_site_is_the_rest_of_risk(
    harness: PageHarness, *, is_held: bool
) -> None:
    """Whale reads the text that names her, and his wallet's warning, and signs nevertheless; a holder can object."""
    play = Play(harness)
    if is_held:
        await play.follow(VARIANTS["G"], HONEST[ProofMethod.OAUTH])
    assert (MALLORY, WHALE) in await play.follow(VARIANTS["G"], attack("G"))
    assert await harness.accounts(USERS[MALLORY]) == {"loopring:10001": not is_held}
    assert await harness.accounts(USERS[WHALE]) == ({"loopring:10001": True} if is_held else {})
    assert await harness.events("contest") == is_held


async def test_with_a_code_handed_over_a_holder_still_has_a_day_to_object(
    sandbox: SandboxClient, tmp_path: Path
) -> None:
    async with open_page(sandbox, tmp_path, method=ProofMethod.CODE) as harness:
        play = Play(harness)
        await play.follow(MODELS[ProofMethod.CODE], HONEST[ProofMethod.CODE] + attack("B'"))
        outcome = await play.outcomes[MALLORY]
        assert outcome is not None
        assert (outcome.result, outcome.until) == (Result.CONTESTED, harness.now + timedelta(hours=24))
        whale = await harness.person(USERS[WHALE])
        assert [each.challenger_id for each in await harness.store.contests.held_by(whale.user_id)]
        assert (await harness.accounts(USERS[WHALE])) == {"loopring:10001": True}
        assert (await harness.accounts(USERS[MALLORY])) == {"loopring:10001": False}


async def test_without_the_code_mallory_has_five_guesses(sandbox: SandboxClient, tmp_path: Path) -> None:
    async with open_page(sandbox, tmp_path, method=ProofMethod.CODE) as harness:
        play = Play(harness)
        await play.follow(MODELS[ProofMethod.CODE], attack("A"))
        assert play.browsers[WHALE].state["expected"] == {"name": "brunowaves"}
        mallory = (await harness.person(USERS[MALLORY])).user_id
        for left in ("4 more tries", "3 more tries", "2 more tries", "1 more try", "Run `/verify`"):
            with pytest.raises(InputError, match=left):
                await harness.verification.enter_code(mallory, "0000-0000")
        with pytest.raises(SessionError):
            await harness.verification.enter_code(mallory, play.codes[MALLORY])
        assert await play.linked() == set()
