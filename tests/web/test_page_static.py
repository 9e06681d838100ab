"""The verification page in Chromium: each step, each way it can go wrong, and what leaves the browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.web.page_browser import SIGNATURE, Visitor, to_the_text, wallet
from tests.web.page_server import OWNER, STATIC, TEXT, TOKEN, TYPES, codeless, make_state, soon

PARTS = sorted(path for path in STATIC.iterdir() if path.suffix in TYPES)
GONE = "This link is not valid any more. Run /verify in Discord for a new one."


# What leaves the browser


async def test_a_member_logs_in_signs_and_is_linked_and_nothing_leaks_on_the_way(visitor: Visitor) -> None:
    await visitor.has(wallet(never=["personal_sign"]))
    await visitor.opens()
    await visitor.reads("Choose your wallet")  # with a wallet, the page has gone to the login and back by itself
    assert visitor.page.url == f"{visitor.server.url}/v"
    await visitor.sees("alice_01")
    await visitor.sees("ID 123456789012345678")
    await visitor.sees("in The Mosaic Society")
    await visitor.sees("Loopring account 10001")
    await visitor.presses("Fox Wallet")
    await visitor.reads("Read it, then sign")
    assert await visitor.page.locator("pre").text_content() == TEXT
    await expect(visitor.page.get_by_role("status")).to_have_text("Open your wallet and answer there.")
    await visitor.page.evaluate("window.wallets[0].answerNow(window.wallets[0].signature)")
    await visitor.reads("Linked")
    await expect(visitor.page.locator(".tick")).to_be_visible()
    back = visitor.page.get_by_role("link", name="Back to Discord")
    assert await back.get_attribute("href") == "https://discord.com/channels/@me"

    assert visitor.asked_of_wallet == [
        ("eth_requestAccounts", []),
        ("personal_sign", ["0x" + TEXT.encode().hex(), OWNER]),
    ]
    (start,) = visitor.server.calls("start")
    (challenge,) = visitor.server.calls("challenge")
    (submit,) = visitor.server.calls("submit")
    assert start.body == {"token": TOKEN}
    assert challenge.body == {"address": OWNER}
    assert submit.body == {"challenge_id": "ch-1", "signature": SIGNATURE}
    for asked in visitor.server.asked:
        assert TOKEN not in asked.url
        assert "Referer" not in asked.headers
        assert TOKEN not in str(asked.headers)
        assert asked.method == "GET" or asked.headers["Origin"] == visitor.server.url
    for call in (challenge, submit):
        assert call.headers["X-Tessera-CSRF"] == "csrf-1"


async def test_the_token_is_in_no_entry_of_the_history(signer: Visitor) -> None:
    await signer.opens()
    await signer.reads("Choose your wallet")
    await signer.page.reload()
    await signer.reads("Choose your wallet")
    entries = await signer.page.evaluate("navigation.entries().map((entry) => entry.url)")
    assert [entry for entry in entries if TOKEN in entry] == []
    assert [len(signer.server.calls(name)) for name in ("start", "state")] == [1, 1]


async def test_a_second_link_pasted_into_the_same_tab_is_followed(signer: Visitor) -> None:
    await signer.opens("")
    await signer.sees(GONE)
    await signer.page.evaluate(f"location.hash = 't={TOKEN}'")
    await signer.reads("Choose your wallet")
    assert signer.page.url.endswith("/v")


async def test_the_back_button_asks_the_server_for_the_status_of_the_session(visitor: Visitor) -> None:
    await visitor.has(wallet())
    await visitor.opens()
    await visitor.reads("Choose your wallet")
    await visitor.page.go_back()
    await visitor.reads("Choose your wallet")
    assert visitor.page.url.endswith("/v")


async def test_a_page_from_the_browsers_cache_is_loaded_again(signer: Visitor) -> None:
    await signer.opens()
    await signer.reads("Choose your wallet")
    signer.server.state = make_state("done", linked={"address": OWNER, "accounts": []})
    await signer.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    await signer.reads("Linked")


# Coming back from Discord


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("denied", "You pressed Cancel at Discord. Nothing was linked. You can try again."),
        ("expired", "The login took too long. Nothing was linked. Log in again."),
        ("failed", "Discord could not confirm your login. Nothing was linked. Try again."),
        ("<img src=x>", ""),
    ],
)
async def test_what_went_wrong_at_discord_is_said_above_the_step(visitor: Visitor, code: str, sentence: str) -> None:
    visitor.server.returns = f"/v#problem={code}"
    await visitor.opens()
    await visitor.page.get_by_role("link", name="Log in with Discord").click()
    await expect(visitor.page).to_have_url(f"{visitor.server.url}/v")
    await expect(visitor.page.get_by_role("link", name="Log in with Discord")).to_be_visible()
    await visitor.shows_alert(sentence)
    await visitor.reads("Log in with Discord")


@pytest.mark.parametrize("step", ["wallet", "done", "contest", "frozen", "dead"])
@pytest.mark.parametrize("code", ["denied", "expired", "failed"])
async def test_a_second_login_says_nothing_went_wrong_where_none_is_waited_for(
    visitor: Visitor, step: str, code: str
) -> None:
    """Back to Discord after the login, and Authorize again."""
    linked = {"address": OWNER, "accounts": ["loopring:10001"]} if step == "done" else None
    visitor.server.returns = f"/v#problem={code}"
    await visitor.opens()
    again = visitor.page.get_by_role("link", name="Log in with Discord")
    await expect(again).to_be_visible()
    visitor.server.state = make_state(step, linked=linked)
    await again.click()
    await expect(visitor.page).to_have_url(f"{visitor.server.url}/v")
    await expect(visitor.page.locator("h2")).not_to_have_text("Log in with Discord")
    await visitor.shows_alert("")


async def test_somebody_elses_link_is_called_what_it_is(visitor: Visitor) -> None:
    visitor.server.login = make_state("dead", reason="other_user", csrf="", user=None)
    await visitor.opens()
    await visitor.page.get_by_role("link", name="Log in with Discord").click()
    await visitor.reads("This link is not yours")
    await visitor.sees(
        "This link was created by another Discord user. Someone may be trying to use your wallet. Nothing was signed."
    )
    assert await visitor.page.get_by_role("button").count() == 0


async def test_not_me_ends_the_session(signer: Visitor) -> None:
    await signer.opens()
    await signer.presses("Not me")
    await signer.reads("Nothing was linked")
    await signer.sees("If you did not run /verify yourself, somebody sent you this link: tell a moderator.")
    assert signer.server.calls("cancel")[0].headers["X-Tessera-CSRF"] == "csrf-1"


async def test_not_me_works_while_the_wallet_keeps_us_waiting_and_the_late_answer_is_dropped(visitor: Visitor) -> None:
    visitor.server.state = make_state("wallet")
    await visitor.has(wallet(never=["eth_requestAccounts"]))
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.presses("Not me")
    await visitor.reads("Nothing was linked")


# After the signature


async def test_without_a_login_the_page_says_whom_it_was_made_for_and_shows_a_code_once(visitor: Visitor) -> None:
    visitor.server.state = codeless()
    visitor.server.submitted = codeless("code", code="ABCD-2345")
    await visitor.has(wallet())
    await visitor.opens()
    await visitor.sees("Only go on if YOU are alice_01 and typed /verify yourself.")
    await visitor.presses("Fox Wallet")
    await visitor.presses("Sign in wallet")
    await visitor.reads("Type this code in Discord")
    await expect(visitor.page.locator(".code")).to_have_text("ABCD-2345")
    await expect(visitor.page.get_by_role("timer")).to_have_text(re.compile(r"The code is good for (10:00|9:5\d)\."))
    await visitor.sees(
        "Type this only in your own Discord: press Enter code under Tessera's message. "
        "Anyone else asking for it is stealing your roles."
    )
    await visitor.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    await expect(visitor.page.locator(".code")).to_have_text("ABCD-2345")
    await visitor.page.reload()
    await visitor.sees("The code was shown once; run /verify again if you lost it.")


async def test_the_code_is_copied(visitor: Visitor) -> None:
    visitor.server.state = codeless("code", code="ABCD-2345")
    await visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await visitor.opens()
    await visitor.presses("Copy")
    await expect(visitor.page.get_by_role("status")).to_have_text("Copied.")
    assert await visitor.page.evaluate("navigator.clipboard.readText()") == "ABCD-2345"


async def test_a_browser_without_a_clipboard_marks_the_code(visitor: Visitor) -> None:
    visitor.server.state = codeless("code", code="ABCD-2345")
    await visitor.page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    await visitor.opens()
    await visitor.presses("Copy")
    await expect(visitor.page.get_by_role("status")).to_have_text(re.compile("The code is selected"))
    assert await visitor.page.evaluate("String(getSelection())") == "ABCD-2345"


async def test_a_code_that_has_run_out_is_taken_away(visitor: Visitor) -> None:
    visitor.server.state = codeless("code", code="ABCD-2345", expires_at=soon(2))
    await visitor.opens()
    await visitor.sees("The code has run out. Run /verify in Discord for a new one.")
    assert "ABCD" not in await visitor.page.content()


async def test_a_contest_says_until_when_in_the_readers_own_time(signer: Visitor) -> None:
    signer.server.submitted = make_state("contest", until="2026-11-26T10:00:00Z")
    await to_the_text(signer)
    await signer.presses("Sign in wallet")
    await signer.reads("Your signature is right, but another member's came first")
    await signer.sees("Loopring account 10001 is proven by another Discord member, who is notified now.")
    await expect(signer.page.locator("[aria-current=step]")).to_have_text("Wait")
    until = re.compile(r"Thursday,? 26 November 2026.* 11:00 (CET|GMT\+1)")
    await expect(signer.page.locator("time")).to_have_text(until)
    signer.server.state["until"] = ""
    await signer.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    await expect(signer.page.locator("time")).to_have_text(until)
    await signer.page.reload()
    await signer.sees("It becomes yours when the time is over that /accounts in Discord shows, unless they sign")


async def test_a_frozen_address_is_said_to_be_the_operators_to_decide(signer: Visitor) -> None:
    signer.server.submitted = make_state("frozen")
    await to_the_text(signer)
    await signer.presses("Sign in wallet")
    await signer.reads("Your signature is right, but the operator must decide")
    await expect(signer.page.locator("[aria-current=step]")).to_have_text("Wait")


# The files


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.name)
def test_no_file_makes_markup_of_text_or_reaches_outside(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
    outside = set(re.findall(r"https?://[^\s\"'`)]+", text)) - {"http://www.w3.org/2000/svg"}
    assert outside <= {"https://cdn.discordapp.com/", "https://discord.com/channels/@me"}
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\son\w+=\"|\sstyle=\"", text)


def test_the_wallet_is_asked_for_two_things_only() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))
    assert set(re.findall(r"\b(?:eth|personal|wallet)_[a-zA-Z0-9]+", text)) == {"eth_requestAccounts", "personal_sign"}
