"""Mallory and Whale at real pages: each step that the model knows, taken over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from bot.errors import InputError, SessionError
from bot.linking.outcome import Outcome
from bot.proofs import ProofMethod
from sandbox.world import APPLICATION_ID
from tests.web.harness import Browser, PageHarness
from tests.web.relay_model import MALLORY, PEOPLE, VARIANTS, WHALE, Do, No, Search, Step, Trace, follow

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
MODELS = {ProofMethod.OAUTH: VARIANTS["E"], ProofMethod.CODE: VARIANTS["B'"]}
HONEST = {method: Search(model).linked(WHALE, WHALE) or () for method, model in MODELS.items()}


class Play:
    """Mallory and Whale at real pages."""

    def __init__(self, harness: PageHarness) -> None:
        self.harness = harness
        self.links: dict[str, str] = {}
        self.outcomes: dict[str, asyncio.Task[Outcome | None]] = {}
        self.urls: dict[str, str] = {}
        self.saved_codes: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.browsers = {who: harness.browser() for who in PEOPLE}

    async def take(self, step: Step) -> str:
        """Take a step; what was seen of it."""
        browser, user = self.browsers[step.who], (await self.harness.person(USERS[step.who])).user_id
        match step.do:
            case Do.RUN:
                await self._run(step.who)
            case Do.OPEN:
                return await self._open(step, browser)
            case Do.KEEP:
                location = await browser.authorize(str(user), url=self.urls.get(step.whose) or made_up(self.harness))
                self.saved_codes[step.whose] = part(location, "code")
            case Do.LOG_IN:
                page = self.urls.get(step.whose) or browser.state["authorize_url"]
                return await _land(browser, await browser.authorize(str(user), url=page))
            case Do.RETURN:
                page = self.urls.get(step.whose) or made_up(self.harness)
                return await _land(browser, callback(self.harness, self.saved_codes[step.code], part(page, "state")))
            case Do.SIGN:
                signed = await browser.sign(WALLETS[step.who])
                self.codes[step.whose] = browser.state.get("code", "")
                return signed.error or str(browser.state["step"])
            case Do.TYPE:
                return await self._type(user, self.codes[step.whose])
        return ""

    async def _run(self, who: str) -> None:
        self.harness.pass_time(timedelta(seconds=1))
        started = await self.harness.begin(USERS[who])
        self.links[who] = started.url
        waiting = self.harness.verification.outcomes.wait(started.session.session_id, 10)
        self.outcomes[who] = asyncio.create_task(waiting)

    async def _open(self, step: Step, browser: Browser) -> str:
        reply = await browser.open(self.links[step.whose])
        if step.who == MALLORY and not reply.error:
            self.urls[step.whose] = browser.state["authorize_url"]
        return reply.error or str(browser.state["step"])

    async def _type(self, user: int, code: str) -> str:
        try:
            return (await self.harness.verification.enter_code(user, code)).result.value
        except (InputError, SessionError) as error:
            return error.sentence

    async def follow(self, method: ProofMethod, trace: Trace) -> set[tuple[str, str]]:
        """Take all steps, and see that each is answered as the model has it; what the model links."""
        linked: set[tuple[str, str]] = set()
        for step, world, no in follow(MODELS[method], trace):
            seen = await self.take(step)
            assert seen in (SAID[no] if no else DONE.get(step.do, {""})), step
            linked = set(world.linked)
        return linked

    async def linked(self) -> set[tuple[str, str]]:
        """Whose accounts are proven by whom."""
        owners = {f"loopring:{account}": who for who, account in WALLETS.items()}
        proven = {who: await self.harness.accounts(USERS[who]) for who in PEOPLE}
        return {(who, owners[account]) for who, accounts in proven.items() for account in accounts}


async def _land(browser: Browser, location: str) -> str:
    landed = await browser.follow(location)
    if landed != "/v":
        return landed
    state = (await browser.reload()).body
    return f"dead: {state['reason']}" if state["step"] == "dead" else str(state["step"])


def part(url: str, name: str) -> str:
    """A value of an address's query."""
    return parse_qs(urlsplit(url).query)[name][0]


def callback(harness: PageHarness, code: str, state: str) -> str:
    """Where Discord's login would send a browser, put together by hand."""
    return f"{harness.url}/oauth/cb?{urlencode({'code': code, 'state': state})}"


def made_up(harness: PageHarness) -> str:
    """An authorization page with a state and a PKCE challenge of Mallory's own."""
    query = {
        "response_type": "code",
        "client_id": APPLICATION_ID,
        "scope": "identify",
        "redirect_uri": f"{harness.url}/oauth/cb",
        "state": "x" * 43,
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    return f"{harness.sandbox.url}/oauth2/authorize?{urlencode(query)}"
