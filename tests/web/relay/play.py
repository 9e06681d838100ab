"""Mallory and Whale at real pages: each step that the model knows, taken over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from bot.errors import InputError, SessionError
from bot.linking.outcome import Outcome
from bot.links.proofs import ProofMethod
from sandbox.world import APPLICATION_ID
from tests.web.harness import Browser, PageHarness
from tests.web.relay.search import Trace, first_link, follow
from tests.web.relay.steps import MALLORY, PEOPLE, WHALE, Do, No, Step
from tests.web.relay.variants import VARIANTS, Variant

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
    No.OTHER_DIGEST: {"signature"},
    No.OTHER_COOKIE: {"the same page"},
    No.NOTHING_SIGNED: {"There is nothing to type a code for. Open your link first, and sign there."},
    No.WRONG_CODE: {"That is not the code that the page showed. 4 more tries."},
}
# … and when it leads on.
DONE: Mapping[Do, set[str]] = {
    Do.OPEN: {"login", "wallet"},
    Do.LOG_IN: {"wallet"},
    Do.RETURN: {"wallet"},
    Do.SIGN: {"done", "code"},
    Do.ELSEWHERE: {"done", "code", "contest"},
    Do.FLOOD: {"session"},
    Do.TYPE: {"linked", "contested"},
}
MODELS = {ProofMethod.OAUTH: VARIANTS["E"], ProofMethod.CODE: VARIANTS["B'"]}
HONEST = {method: first_link(model, WHALE, WHALE) or () for method, model in MODELS.items()}


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
        match step.do:
            case Do.RUN:
                return await self._run(step.who)
            case Do.OPEN:
                return await self._open(step)
            case Do.KEEP | Do.LOG_IN | Do.RETURN:
                return await self._log_in(step)
            case Do.SIGN | Do.ELSEWHERE | Do.OPAQUE:
                return await self._sign(step)
            case Do.TOSS | Do.FLOOD:
                return await self._write_cookies(step)
            case Do.TELL | Do.TYPE:
                return await self._use_code(step)

    async def _run(self, who: str) -> str:
        self.harness.pass_time(timedelta(seconds=1))
        started = await self.harness.begin(USERS[who])
        self.links[who] = started.url
        waiting = self.harness.verification.outcomes.wait(started.session.session_id, 10)
        self.outcomes[who] = asyncio.create_task(waiting)
        return ""

    async def _open(self, step: Step) -> str:
        browser = self.browsers[step.who]
        reply = await browser.open(self.links[step.whose])
        if step.who == MALLORY and not reply.error:
            self.urls[step.whose] = browser.state["authorize_url"]
        return reply.error or str(browser.state["step"])

    async def _log_in(self, step: Step) -> str:
        """With what is in the address of an authorization page; only Mallory keeps codes, and uses them."""
        browser, user = self.browsers[step.who], str((await self.harness.person(USERS[step.who])).user_id)
        page = self.urls.get(step.whose, "")
        if step.do is Do.LOG_IN:
            return await _land(browser, await browser.authorize(user, url=page or browser.state["authorize_url"]))
        page = page or made_up(self.harness)
        if step.do is Do.RETURN:
            return await _land(browser, callback(self.harness, self.saved_codes[step.code], part(page, "state")))
        self.saved_codes[step.whose] = part(await browser.authorize(user, url=page), "code")
        return ""

    async def _sign(self, step: Step) -> str:
        """Connect somebody's wallet in a browser, and submit what that wallet signed, wherever it was asked to."""
        browser = self.browsers[step.who if step.do is Do.SIGN else MALLORY]
        style = "loopring03" if step.do is Do.OPAQUE else "personal"
        signed = await browser.sign(WALLETS[step.who], style=style)
        self.codes[step.whose] = browser.state.get("code", "")
        return signed.error or str(browser.state["step"])

    async def _write_cookies(self, step: Step) -> str:
        whale, before = self.browsers[WHALE], await self.browsers[WHALE].reload()
        if step.do is Do.FLOOD:
            whale.lose_cookie()
            return (await whale.reload()).error
        whale.written_by_siblings.append(f"a=b __Host-vs={self.browsers[MALLORY].cookie}")
        after = await whale.reload()
        return "the same page" if (after.status, after.body) == (before.status, before.body) else "another page"

    async def _use_code(self, step: Step) -> str:
        if step.do is Do.TELL:
            return ""
        user = (await self.harness.person(USERS[step.who])).user_id
        try:
            return (await self.harness.verification.enter_code(user, self.codes[step.whose])).result.value
        except (InputError, SessionError) as error:
            return error.sentence

    async def follow(self, model: Variant, trace: Trace) -> set[tuple[str, str]]:
        """Take all steps, and see that each is answered as the model has it; what the model links."""
        linked: set[tuple[str, str]] = set()
        for step, world, no in follow(model, trace):
            seen = await self.take(step)
            assert seen in (SAID[no] if no else DONE.get(step.do, {""})), step
            linked = set(world.linked)
        return linked

    async def linked(self) -> set[tuple[str, str]]:
        """Whose accounts are linked by whom, if only claimed."""
        owners = {f"loopring:{account}": who for who, account in WALLETS.items()}
        proven = {who: await self.harness.accounts(USERS[who]) for who in PEOPLE}
        return {(who, owners[account]) for who, accounts in proven.items() for account in accounts}


async def _land(browser: Browser, location: str) -> str:
    landed = await browser.follow(location)
    if "problem" in landed:
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
