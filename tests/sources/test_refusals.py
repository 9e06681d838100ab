"""401 and 403 are told apart: the key, this address, the plan, or a gate that asks for a browser."""

from typing import Any

import pytest

from bot.errors import RefusedError, SourceError, WithheldError
from bot.holdings import Account
from bot.sources.blockscout import BlockscoutSource
from bot.sources.loopring import LoopringSource
from bot.sources.refusals import Refusal, is_challenge, refusal_of
from tests.blockscout_source import ADA, NOBODY, NOW, WHALE, answer, fault, holdings, hurry, open_blockscout, requests
from tests.blockscout_source import last_of as last_scan
from tests.loopring_source import open_source
from tests.sandbox_client import SandboxClient


@pytest.mark.parametrize(
    ("status", "body", "refusal"),
    [
        pytest.param(403, {"message": "Restricted access"}, Refusal.ADDRESS, id="blockscout#14657"),
        pytest.param(403, {"error": "Address is blocked"}, Refusal.ADDRESS, id="in other words"),
        pytest.param(403, {"error": {"message": "OFAC sanctioned address"}}, Refusal.ADDRESS, id="an error object"),
        pytest.param(403, {"errors": [{"detail": "Restricted access"}]}, Refusal.ADDRESS, id="version 12's objects"),
        pytest.param(401, {"message": "Unauthorized"}, Refusal.KEY, id="docs.blockscout.com/rate-limits"),
        pytest.param(401, {"message": "Restricted access"}, Refusal.KEY, id="a key that may not do it"),
        pytest.param(402, {"message": "Payment Required"}, Refusal.PLAN, id="402"),
        pytest.param(402, [], Refusal.PLAN, id="402 without words"),
        pytest.param(403, {"message": "Daily limit exceeded"}, Refusal.PLAN, id="daily limit"),
        pytest.param(403, {"message": "Not enough credits"}, Refusal.PLAN, id="credits"),
        pytest.param(
            403,
            {"error": {"code": -32600, "message": "Monthly capacity limit exceeded."}},
            Refusal.PLAN,
            id="xmtpd#672",
        ),
        pytest.param(402, {"error": "Payment required"}, Refusal.PLAN, id="docs.blockscout.com/x402-payments"),
        pytest.param(403, "App is inactive.", Refusal.UNCLEAR, id="trufflehog#3713"),
        pytest.param(403, {"message": "Forbidden"}, Refusal.UNCLEAR, id="ethers.js#904"),
        pytest.param(403, {"message": 7, "errors": [5]}, Refusal.UNCLEAR, id="no words"),
        pytest.param(403, None, Refusal.UNCLEAR, id="null"),
        pytest.param(403, "Restricted access", Refusal.ADDRESS, id="a bare text"),
        pytest.param(403, ["Restricted access"], Refusal.ADDRESS, id="a list"),
        pytest.param(403, {"message": ["Restricted access"]}, Refusal.ADDRESS, id="a list in it"),
        pytest.param(403, {"errors": {"detail": "Restricted access"}}, Refusal.ADDRESS, id="one error"),
        pytest.param(403, {"reason": "sanctioned"}, Refusal.ADDRESS, id="under another key"),
        pytest.param(451, {"message": "Unavailable For Legal Reasons"}, Refusal.ADDRESS, id="RFC 7725"),
        pytest.param(403, {"message": "Your IP address is blocked"}, Refusal.UNCLEAR, id="the bot's address"),
        pytest.param(403, {"message": "Your IP is blacklisted"}, Refusal.UNCLEAR, id="the bot's IP"),
        pytest.param(403, {"message": "Your country is restricted due to OFAC"}, Refusal.UNCLEAR, id="its country"),
        pytest.param(403, {"message": "API key required: restricted access"}, Refusal.UNCLEAR, id="no key"),
        pytest.param(403, {"message": "Not available in your plan"}, Refusal.UNCLEAR, id="another plan"),
        pytest.param(403, {"message": "Forbidden by plan"}, Refusal.UNCLEAR, id="a plan that forbids it"),
        pytest.param(403, {"message": "Quota exceeded"}, Refusal.PLAN, id="a quota"),
        pytest.param(403, {"message": "You have no credits"}, Refusal.PLAN, id="no credits"),
        pytest.param(403, [[[[[["Restricted access"]]]]]] * 2, Refusal.UNCLEAR, id="too deep to be said to anybody"),
        pytest.param(404, {"message": "Restricted access"}, None, id="no refusal"),
        pytest.param(200, {"message": "Restricted access"}, None, id="an answer"),
    ],
)
def test_what_a_refusal_is_about(status: int, body: Any, refusal: Refusal | None) -> None:
    assert refusal_of(status, body) is refusal


@pytest.mark.parametrize(
    ("headers", "is_one"),
    [
        pytest.param({"cf-mitigated": "challenge"}, True, id="diffyscan#209"),
        pytest.param({"cf-mitigated": "Challenge"}, True, id="in capitals"),
        pytest.param({"x-vercel-mitigated": "challenge"}, True, id="Vercel"),
        pytest.param({"x-amzn-waf-action": "captcha"}, True, id="AWS"),
        pytest.param({"server": "cloudflare"}, False, id="only behind one"),
        pytest.param({"x-vercel-mitigated": "deny"}, False, id="refused, not challenged"),
    ],
)
def test_a_gate_that_asks_for_a_browser_is_seen_by_its_header(headers: dict[str, str], *, is_one: bool) -> None:
    assert is_challenge(headers) is is_one


# ---------------------------------------------------------------- Blockscout

OTHERS = [f"0x{number:040x}" for number in range(0x1000, 0x100A)]


async def failure(source: BlockscoutSource, address: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await holdings(source, address)
    return caught.value


async def test_one_sanctioned_address_is_withheld_and_everybody_else_is_answered(sandbox: SandboxClient) -> None:
    await hurry(sandbox)
    await answer(sandbox, ADA, {"message": "Restricted access"}, 403)
    async with open_blockscout(sandbox) as source:
        for _ in range(3):
            error = await failure(source, ADA)
            assert type(error) is WithheldError
            assert "gives no answers about this (HTTP 403)" in error.sentence
            assert "key" not in error.sentence
            assert (await holdings(source, WHALE)).complete
        assert source.health.last_failure_at is None
    assert len(await requests(sandbox, ADA)) == 1


async def test_a_sanctioned_address_among_the_first_questions_does_not_stop_the_others(sandbox: SandboxClient) -> None:
    await hurry(sandbox)
    await answer(sandbox, "/addresses/", {"message": "Restricted access"}, 403, times=3)
    async with open_blockscout(sandbox) as source:
        for address in OTHERS[:3]:
            assert type(await failure(source, address)) is WithheldError
        assert (await holdings(source, WHALE)).complete


async def test_a_ban_that_is_worded_as_if_it_were_about_addresses_is_noticed(sandbox: SandboxClient) -> None:
    await hurry(sandbox)
    await answer(sandbox, "/addresses/", {"message": "Restricted access"}, 403)
    async with open_blockscout(sandbox) as source:
        kinds = [type(await failure(source, address)) for address in OTHERS]
        assert kinds == [WithheldError] * 4 + [RefusedError] * 6
        assert "withholds every answer" in source.health.last_failure
    assert len(await requests(sandbox)) == 5


async def test_403_without_a_reason_for_one_address_is_not_the_keys(sandbox: SandboxClient) -> None:
    await hurry(sandbox)
    await answer(sandbox, ADA, {"message": "Forbidden"}, 403)
    async with open_blockscout(sandbox) as source:
        assert "must check ETHEREUM_API_KEY" in (await failure(source, ADA)).sentence  # nothing else is known yet
        assert (await holdings(source, WHALE)).complete
        await sandbox.reset()
        await hurry(sandbox)
        await answer(sandbox, NOBODY, "blocked", 403, content_type="text/html")
        assert "refuses to answer this question (HTTP 403)" in (await failure(source, NOBODY)).sentence
        assert (await holdings(source, WHALE)).complete


async def test_a_key_that_is_refused_for_different_addresses_is_sent_no_more(sandbox: SandboxClient) -> None:
    async with open_blockscout(sandbox, key="proapi_wrong") as source:
        for address in OTHERS:
            error = await failure(source, address)
            assert type(error) is RefusedError
            assert "refuses this bot's API key (HTTP 401)" in error.sentence
        assert "Tessera asks again in 5 minutes" in error.sentence
    assert len(await requests(sandbox)) == 2


async def test_a_challenge_page_is_named_and_not_taken_for_a_wrong_key(sandbox: SandboxClient) -> None:
    page = {"body": "<html>Just a moment", "content_type": "text/html", "headers": {"cf-mitigated": "challenge"}}
    await fault(sandbox, "status", "/api/v2/", status=403, **page)
    async with open_blockscout(sandbox) as source:
        for address in OTHERS:
            error = await failure(source, address)
            assert "lets only browsers pass (HTTP 403)" in error.sentence
            assert "key" not in error.sentence
    assert len(await requests(sandbox)) == 2


@pytest.mark.parametrize(
    ("status", "options"),
    [
        pytest.param(402, {"body": {"message": "Payment Required"}}, id="402"),
        pytest.param(403, {"body": {"message": "Credits exhausted"}}, id="403"),
        pytest.param(429, {"body": {}, "headers": {"x-credits-remaining": "0"}}, id="docs.blockscout.com/rate-limits"),
    ],
)
async def test_a_plan_that_is_used_up_is_named(sandbox: SandboxClient, status: int, options: dict[str, Any]) -> None:
    await fault(sandbox, "status", "/api/v2/", status=status, **options)
    async with open_blockscout(sandbox) as source:
        for address in OTHERS:
            assert "the plan of its API key is used up" in (await failure(source, address)).sentence
    assert len(await requests(sandbox)) <= 2


# ---------------------------------------------------------------- Loopring


async def test_one_account_that_loopring_refuses_is_not_everybodys_trouble(sandbox: SandboxClient) -> None:
    options = {"service": "loopring", "path": "details", "account": "10001", "kind": "status", "times": None}
    await sandbox.post("/_sandbox/faults", options | {"status": 403, "body": {"message": "Restricted access"}})
    async with open_source(sandbox) as source:
        for _ in range(3):
            with pytest.raises(WithheldError):
                await last_scan(source.iter_holdings(Account("loopring", "10001"), None, NOW))
            assert (await last_scan(source.iter_holdings(Account("loopring", "10002"), None, NOW))).finished


async def details_of(source: LoopringSource, number: int) -> str:
    with pytest.raises(SourceError) as caught:
        await last_scan(source.iter_holdings(Account("loopring", str(number)), None, NOW))
    return caught.value.sentence


async def test_a_wrong_key_of_loopring_is_tried_with_two_questions(sandbox: SandboxClient) -> None:
    async with open_source(sandbox, key="wrong") as source:
        for number in range(10001, 10008):
            assert "refuses this bot's API key" in await details_of(source, number)
    traffic = await sandbox.get("/_sandbox/traffic", service="loopring")
    assert len(traffic["exchanges"]) == 2
