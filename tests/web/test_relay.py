"""The relay attack against the real handlers: each step that the model knows, and what a login must withstand."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import yarl

from bot.errors import InputError, LimitError, SessionError
from bot.linking.outcome import Ending, Outcome
from bot.linking.ways import Way
from sandbox.world import APPLICATION_ID
from tests.stage import Stage
from tests.web.relay_model import MALLORY, PEOPLE, VARIANTS, WHALE, Do, No, Search, Step, Trace, follow
from tests.web.stand import Browser, Stand, open_stand

USERS = {MALLORY: "brunowaves", WHALE: "ada"}
WALLETS = {MALLORY: "10007", WHALE: "10001"}
# What the page says, or where it leads, when a step leads nowhere …
SAID: Mapping[No, set[str]] = {
    No.USED: {"session"},
    No.NO_LOGIN: {"/v#problem=expired"},
    No.STATE: {"/v#problem=failed"},
    No.CODE: {"/v#problem=failed"},
    No.OTHER_USER: {"dead: other_user"},
    No.NOT_READY: {"session", "csrf"},
    No.NOTHING_SIGNED: {"There is nothing to type a code for. Open your link first, and sign there."},
    No.WRONG_CODE: {"That is not the code that the page showed. 4 more tries."},
}
# … and when it leads on.
DONE: Mapping[Do, set[str]] = {
    Do.OPEN: {"login", "wallet"},
    Do.LOG_IN: {"wallet"},
    Do.RETURN: {"wallet"},
    Do.SIGN: {"done", "code"},
    Do.TYPE: {"linked", "contested"},
}
MODELS = {Way.OAUTH: VARIANTS["E"], Way.CODE: VARIANTS["B'"]}
HONEST = {way: Search(model).linked(WHALE, WHALE) or () for way, model in MODELS.items()}


class Play:
    """Mallory and Whale at real pages."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.links: dict[str, str] = {}
        self.outcomes: dict[str, asyncio.Task[Outcome | None]] = {}
        self.urls: dict[str, str] = {}
        self.kept: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.browsers = {who: stand.browser() for who in PEOPLE}

    async def take(self, step: Step) -> str:
        """Take a step; what was seen of it."""
        browser, user = self.browsers[step.who], (await self.stand.person(USERS[step.who])).user_id
        match step.do:
            case Do.RUN:
                await self._run(step.who)
            case Do.OPEN:
                return await self._open(step, browser)
            case Do.KEEP:
                location = await browser.authorize(str(user), url=self.urls.get(step.whose) or _made_up(self.stand))
                self.kept[step.whose] = parse_qs(urlsplit(location).query)["code"][0]
            case Do.LOG_IN:
                page = self.urls.get(step.whose) or browser.state["authorize_url"]
                return await _land(browser, await browser.authorize(str(user), url=page))
            case Do.RETURN:
                state = parse_qs(urlsplit(self.urls.get(step.whose) or _made_up(self.stand)).query)["state"][0]
                query = urlencode({"code": self.kept[step.code], "state": state})
                return await _land(browser, f"{self.stand.url}/oauth/cb?{query}")
            case Do.SIGN:
                signed = await browser.sign(WALLETS[step.who])
                self.codes[step.whose] = browser.state.get("code", "")
                return signed.error or str(browser.state["step"])
            case Do.TYPE:
                return await self._type(user, self.codes[step.whose])
        return ""

    async def _run(self, who: str) -> None:
        self.stand.pass_time(timedelta(seconds=1))
        begun = await self.stand.begin(USERS[who])
        self.links[who] = begun.url
        waiting = self.stand.verification.outcomes.wait(begun.session.session_id, 10)
        self.outcomes[who] = asyncio.create_task(waiting)

    async def _open(self, step: Step, browser: Browser) -> str:
        reply = await browser.open(self.links[step.whose])
        if step.who == MALLORY and not reply.error:
            self.urls[step.whose] = browser.state["authorize_url"]
        return reply.error or str(browser.state["step"])

    async def _type(self, user: int, code: str) -> str:
        try:
            return (await self.stand.verification.enter_code(user, code)).ending.value
        except (InputError, SessionError) as error:
            return error.sentence

    async def follow(self, way: Way, trace: Trace) -> set[tuple[str, str]]:
        """Take all steps, and see that each is answered as the model has it; what the model links."""
        linked: set[tuple[str, str]] = set()
        for step, world, no in follow(MODELS[way], trace):
            seen = await self.take(step)
            assert seen in (SAID[no] if no else DONE.get(step.do, {""})), step
            linked = set(world.linked)
        return linked

    async def linked(self) -> set[tuple[str, str]]:
        """Whose accounts are proven by whom."""
        owners = {f"loopring:{account}": who for who, account in WALLETS.items()}
        proven = {who: await self.stand.accounts(USERS[who]) for who in PEOPLE}
        return {(who, owners[account]) for who, accounts in proven.items() for account in accounts}


async def _land(browser: Browser, location: str) -> str:
    landed = await browser.follow(location)
    if landed != "/v":
        return landed
    state = (await browser.reload()).body
    return f"dead: {state['reason']}" if state["step"] == "dead" else str(state["step"])


def _made_up(stand: Stand) -> str:
    """An authorization page with a state and a PKCE challenge of Mallory's own."""
    query = {
        "response_type": "code",
        "client_id": APPLICATION_ID,
        "scope": "identify",
        "redirect_uri": f"{stand.url}/oauth/cb",
        "state": "x" * 43,
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    return f"{stand.stage.url}/oauth2/authorize?{urlencode(query)}"


def attack(name: str) -> Trace:
    """What breaks a weaker protocol."""
    return Search(VARIANTS[name]).linked(MALLORY, WHALE) or ()


@pytest.mark.parametrize("is_held", [False, True], ids=["nobody has it", "the whale has it"])
@pytest.mark.parametrize(
    ("name", "fails_at", "why"),
    [
        ("A", Do.SIGN, No.NOT_READY),
        ("C", Do.LOG_IN, No.OTHER_USER),
        ("D", Do.RETURN, No.NO_LOGIN),
        ("D'", Do.RETURN, No.STATE),
    ],
)
async def test_what_breaks_a_weaker_protocol_fails_here(
    stand: Stand, name: str, fails_at: Do, why: No, *, is_held: bool
) -> None:
    play = Play(stand)
    if is_held:
        await play.follow(Way.OAUTH, HONEST[Way.OAUTH])
    before = await play.linked()
    refused = [move for move in follow(MODELS[Way.OAUTH], attack(name)) if move.no]
    assert (refused[0].step.do, refused[0].no) == (fails_at, why)
    await play.follow(Way.OAUTH, attack(name))
    assert await play.linked() == before == ({(WHALE, WHALE)} if is_held else set())
    assert await stand.events("contest") == 0
    assert await stand.events("relay") == (why is No.OTHER_USER)


ATTEMPTS = [(way, trace) for way, model in MODELS.items() for trace in Search(model).attempts.values()]


@pytest.mark.parametrize(("way", "trace"), ATTEMPTS, ids=[f"{way.value}: {trace[-1]}" for way, trace in ATTEMPTS])
async def test_every_refusal_of_the_model_is_one_of_the_page(
    stage: Stage, tmp_path: Path, way: Way, trace: Trace
) -> None:
    async with open_stand(stage, tmp_path, way=way) as stand:
        play = Play(stand)
        # In the end Whale begins anew, and needs nobody for it.
        linked = await play.follow(way, trace + HONEST[way])
        assert await play.linked() == linked
        assert (WHALE, WHALE) in linked
        assert await stand.events("relay") == sum(move.no is No.OTHER_USER for move in follow(MODELS[way], trace))


async def test_whoever_was_lured_is_told_so_is_whoever_sent_the_link_and_the_session_is_dead(stand: Stand) -> None:
    play = Play(stand)
    await play.follow(Way.OAUTH, attack("C")[:2])
    whale = play.browsers[WHALE]
    csrf = {"X-Tessera-CSRF": whale.state["csrf"]}
    assert "brunowaves" not in str(whale.state)
    await play.take(attack("C")[2])
    assert (whale.state["step"], whale.state["reason"], whale.state["user"]) == ("dead", "other_user", None)
    assert "brunowaves" not in str(whale.state)
    assert await play.outcomes[MALLORY] == Outcome(Ending.RELAYED, relays=1)
    # Not even with what the page knew before, nor by the link once more.
    address = {"address": await stand.address(WALLETS[WHALE])}
    assert (await whale.post("challenge", address, headers=csrf)).error == "session"
    assert (await stand.browser().open(play.links[MALLORY])).error == "session"
    assert (await stand.stage.get("/_client/oauth"))["tokens_alive"] == 0


async def test_after_three_in_a_day_whoever_sent_the_links_can_send_none_for_a_day(stand: Stand) -> None:
    for relays in (1, 2, 3):
        play = Play(stand)
        await play.follow(Way.OAUTH, attack("C"))
        assert await play.outcomes[MALLORY] == Outcome(Ending.RELAYED, relays=relays)
    stand.pass_time(timedelta(hours=23, minutes=59, seconds=57))
    with pytest.raises(LimitError, match="Others opened links that you made, too often: you cannot verify for a day"):
        await stand.begin(USERS[MALLORY])
    await Play(stand).follow(Way.OAUTH, HONEST[Way.OAUTH])
    stand.pass_time(timedelta(seconds=3))
    await stand.begin(USERS[MALLORY])


async def test_a_code_that_the_whale_hands_over_is_the_key_that_it_is(stage: Stage, tmp_path: Path) -> None:
    """The rest of risk of a page without Discord's login: two warnings have to be ignored, then Mallory has it."""
    async with open_stand(stage, tmp_path, way=Way.CODE) as stand:
        play = Play(stand)
        assert await play.follow(Way.CODE, attack("B'")) == {(MALLORY, WHALE)} == await play.linked()


async def test_with_a_code_handed_over_a_holder_still_has_a_day_to_object(stage: Stage, tmp_path: Path) -> None:
    async with open_stand(stage, tmp_path, way=Way.CODE) as stand:
        play = Play(stand)
        await play.follow(Way.CODE, HONEST[Way.CODE] + attack("B'"))
        outcome = await play.outcomes[MALLORY]
        assert outcome is not None
        assert (outcome.ending, outcome.until) == (Ending.CONTESTED, stand.now + timedelta(hours=24))
        whale = await stand.person(USERS[WHALE])
        assert [each.challenger_id for each in await stand.linking.contests.held_by(whale.user_id)]
        assert (await stand.accounts(USERS[WHALE])) == {"loopring:10001": True}
        assert (await stand.accounts(USERS[MALLORY])) == {"loopring:10001": False}


async def test_without_the_code_mallory_has_five_guesses(stage: Stage, tmp_path: Path) -> None:
    async with open_stand(stage, tmp_path, way=Way.CODE) as stand:
        play = Play(stand)
        await play.follow(Way.CODE, attack("A"))
        assert play.browsers[WHALE].state["expected"] == {"name": "brunowaves"}
        mallory = (await stand.person(USERS[MALLORY])).user_id
        for left in ("4 more tries", "3 more tries", "2 more tries", "1 more try", "Run `/verify`"):
            with pytest.raises(InputError, match=left):
                await stand.verification.enter_code(mallory, "0000-0000")
        with pytest.raises(SessionError):
            await stand.verification.enter_code(mallory, play.codes[MALLORY])
        assert await play.linked() == set()


async def at_login(stand: Stand, person: str = WHALE) -> tuple[Browser, str]:
    """A browser that waits for Discord's login, and whose."""
    browser = stand.browser()
    await browser.open((await stand.begin(USERS[person])).url)
    return browser, str((await stand.person(USERS[person])).user_id)


def with_cookie(stand: Stand, cookie: str) -> Browser:
    """Another browser, with a cookie that somebody took from the first."""
    browser = stand.browser()
    browser.session.cookie_jar.update_cookies({"__Host-vs": cookie}, yarl.URL(stand.url))
    return browser


async def test_of_sixteen_returns_from_one_login_one_is_let_in(stand: Stand) -> None:
    browser, ada = await at_login(stand)
    location = await browser.authorize(ada)
    landed = await asyncio.gather(*(browser.follow(location) for _ in range(16)))
    # Those behind come while the login is looked up, or before that: then the state is that of a login gone by.
    assert landed.count("/v") == 1
    assert set(landed) <= {"/v", "/v#problem=expired", "/v#problem=failed"}
    assert (await browser.reload()).body["step"] == "wallet"
    assert len((await stand.stage.get("/_client/oauth"))["grants"]) == 1


async def test_of_sixteen_strangers_returns_one_is_counted(stand: Stand) -> None:
    browser, _ = await at_login(stand, MALLORY)
    location = await browser.authorize(str((await stand.person(USERS[WHALE])).user_id))
    await asyncio.gather(*(browser.follow(location) for _ in range(16)))
    assert await stand.events("relay") == 1


async def test_after_cancel_at_discord_the_same_link_goes_on_with_another_state(stand: Stand) -> None:
    browser, ada = await at_login(stand)
    page = browser.state["authorize_url"]
    assert await browser.follow(await browser.authorize(ada, approve=False)) == "/v#problem=denied"
    assert await browser.follow(await browser.authorize(ada, url=page)) == "/v#problem=failed"
    await browser.reload()
    assert browser.state["step"] == "login"
    assert await browser.log_in(ada) == "/v"
    assert browser.state["step"] == "wallet"


@pytest.mark.parametrize("path", ["oauth2/token", "users/@me"])
@pytest.mark.parametrize("mishap", [{"kind": "status", "status": 500}, {"kind": "garbage"}, {"kind": "html"}], ids=str)
async def test_a_login_that_discord_breaks_can_be_made_again(stand: Stand, path: str, mishap: dict[str, Any]) -> None:
    browser, ada = await at_login(stand)
    location = await browser.authorize(ada)
    await stand.stage.fault(path=path, service="discord", times=1, **mishap)
    assert await browser.follow(location) == "/v#problem=failed"
    assert (await browser.reload()).body["step"] == "login"
    assert (await stand.stage.get("/_client/oauth"))["tokens_alive"] == 0
    # The code again, as if it were of the login that the page offers now.
    code = parse_qs(urlsplit(location).query)["code"][0]
    state = parse_qs(urlsplit(browser.state["authorize_url"]).query)["state"][0]
    again = f"{stand.url}/oauth/cb?{urlencode({'code': code, 'state': state})}"
    assert await browser.follow(again) == "/v#problem=failed"
    await browser.reload()
    assert await browser.log_in(ada) == "/v"
    assert browser.state["step"] == "wallet"


async def test_a_token_that_cannot_be_revoked_keeps_nobody_out(stand: Stand) -> None:
    browser, ada = await at_login(stand)
    await stand.stage.fault("status", "oauth2/token/revoke", service="discord", status=500)
    await browser.log_in(ada)
    assert browser.state["step"] == "wallet"


@pytest.mark.parametrize("meanwhile", ["a new command", "the end of its time"])
async def test_a_slow_login_is_over_when_its_link_is(stand: Stand, meanwhile: str) -> None:
    browser, ada = await at_login(stand)
    location = await browser.authorize(ada)
    await stand.stage.fault("slow", "users/@me", service="discord", seconds=0.3, times=1)
    returning = asyncio.create_task(browser.follow(location))
    await stand.stage.until_asked("users/@me")
    if meanwhile == "a new command":
        await stand.begin(USERS[WHALE])
    else:
        stand.pass_time(timedelta(minutes=10))
    assert await returning == "/v#problem=expired"
    assert (await stand.stage.get("/_client/oauth"))["tokens_alive"] == 0


async def test_the_login_gives_a_new_cookie_and_the_old_one_is_worth_nothing(stand: Stand) -> None:
    browser, ada = await at_login(stand)
    thief = with_cookie(stand, browser.cookie)
    assert (await thief.reload()).body["step"] == "login"
    await browser.log_in(ada)
    assert browser.cookie != thief.cookie
    for cookie in (thief.cookie, "x" * 43):
        other = with_cookie(stand, cookie)
        assert (await other.reload()).error == "session"
        assert (await other.sign(WALLETS[WHALE])).error in ("session", "csrf")
        assert await other.follow(f"{stand.url}/oauth/cb?code=1&state=2") == "/v#problem=expired"


async def test_another_tab_that_knows_the_page_from_before_the_login_changes_nothing(stand: Stand) -> None:
    browser, ada = await at_login(stand)
    before = {"X-Tessera-CSRF": browser.state["csrf"]}
    await browser.log_in(ada)
    assert (await browser.post("cancel", headers=before)).error == "csrf"
    # A link of Mallory's in another tab takes the cookie: the first tab cannot go on with hers unawares.
    mine = {"X-Tessera-CSRF": browser.state["csrf"]}
    await browser.open((await stand.begin(USERS[MALLORY])).url)
    address = {"address": await stand.address(WALLETS[WHALE])}
    assert (await browser.post("challenge", address, headers=mine)).error == "csrf"


async def test_a_text_is_of_one_session_and_so_is_its_signature(stand: Stand) -> None:
    texts, browsers = {}, {}
    for who in PEOPLE:
        browsers[who], user = await at_login(stand, who)
        await browsers[who].log_in(user)
        # Mallory may ask for a text that Whale's wallet would have to sign.
        signer = await stand.address(WALLETS[WHALE])
        texts[who] = (await browsers[who].post("challenge", {"address": signer})).body
    signed = await stand.signature(texts[WHALE]["text"], signer)
    stolen = {"challenge_id": texts[WHALE]["challenge_id"], "signature": signed}
    assert (await browsers[MALLORY].post("submit", stolen)).error == "session"
    mixed = {"challenge_id": texts[MALLORY]["challenge_id"], "signature": signed}
    assert (await browsers[MALLORY].post("submit", mixed)).error == "signature"
    # What she tried has not used up Whale's.
    assert (await browsers[WHALE].post("submit", stolen)).body["step"] == "done"
    assert await stand.accounts(USERS[MALLORY]) == {}
