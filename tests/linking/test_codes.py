"""Codes that the page shows and members type: who may, how often, how long, and how they may be written."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from bot.errors import InputError, SessionError
from bot.linking.outcome import Outcome, Result
from bot.links.proofs import ProofMethod
from bot.store.linking.refusal import Refusal
from sandbox.signing import sign
from tests.linking.harness import ANN, BEN, CLEO, CONTEST, LinkingHarness, owner_of
from tests.linking.started_proof import CODE, FIRST, SECOND, begin, signed_with_code, token_of, verified

NO_CODE = r"^There is nothing to type a code for\. Open your link first, and sign there\.$"


async def test_the_page_is_given_a_code_for_five_minutes(harness: LinkingHarness) -> None:
    verification = harness.linking.verification
    started = await begin(harness, ANN, method=ProofMethod.CODE)
    session, cookie = await verification.bind_browser(token_of(started), "")
    issued = await verification.challenge(session, owner_of("one"))
    outcome = await verification.submit(session, issued.challenge_id, sign("one", issued.text.encode()).hex())
    until = harness.now + timedelta(minutes=5)
    assert outcome == Outcome(Result.SIGNED, owner_of("one"), (FIRST,), until, code=outcome.code)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", outcome.code)
    assert (await verification.session(cookie)).expires_at == until
    assert await harness.rows("SELECT actor FROM audit WHERE verb = 'signed'") == [(harness.pseudonym(ANN),)]
    waiting = asyncio.create_task(verification.outcomes.wait(session.session_id, 10))
    linked = Outcome(Result.LINKED, owner_of("one"), (FIRST,), None)
    assert await verification.enter_code(ANN, outcome.code) == linked
    assert await waiting == linked
    assert (await verification.session(cookie)).status == "done"


@pytest.mark.parametrize("typed", [CODE, "0110abcd", "OiLo-abcd", "olio ABCD", " 01\n10-ab - cd\t", "--0110ABCD--"])
async def test_a_code_may_be_typed_as_it_is_read(harness: LinkingHarness, typed: str) -> None:
    await signed_with_code(harness, ANN)
    assert (await harness.linking.verification.enter_code(ANN, typed)).result is Result.LINKED


@pytest.mark.parametrize("typed", ["", "0110ABC", "0110ABCDE", "0110ABCU", "0110AB!D", "0110_ABCD", "０110ABCD"])
async def test_what_cannot_be_a_code_costs_no_try(harness: LinkingHarness, typed: str) -> None:
    await signed_with_code(harness, ANN)
    sentence = r"^A code has 8 letters and digits, as the page shows them: ABCD-2345\.$"
    for _ in range(6):
        with pytest.raises(InputError, match=sentence):
            await harness.linking.verification.enter_code(ANN, typed)
    assert (await harness.linking.verification.enter_code(ANN, CODE)).result is Result.LINKED


async def test_the_remaining_tries_are_shown_and_the_fifth_wrong_code_ends_the_session(harness: LinkingHarness) -> None:
    await signed_with_code(harness, ANN)
    for rest in ("4 more tries", "3 more tries", "2 more tries", "1 more try", "Run `/verify` for a new link"):
        sentence = rf"^That is not the code that the page showed\. {rest}\.$"
        with pytest.raises(InputError, match=sentence):
            await harness.linking.verification.enter_code(ANN, "0000-0000")
    assert await harness.rows("SELECT status FROM sessions") == [("dead",)]
    with pytest.raises(SessionError, match=NO_CODE):
        await harness.linking.verification.enter_code(ANN, CODE)
    assert await harness.listed(ANN) == {}


async def test_the_fifth_try_may_be_the_right_one(harness: LinkingHarness) -> None:
    await signed_with_code(harness, ANN)
    for _ in range(4):
        with pytest.raises(InputError):
            await harness.linking.verification.enter_code(ANN, "0000-0000")
    assert (await harness.linking.verification.enter_code(ANN, CODE)).result is Result.LINKED


async def test_a_code_is_of_one_person_until_it_is_over(harness: LinkingHarness) -> None:
    verification = harness.linking.verification
    session = await signed_with_code(harness, ANN)
    await begin(harness, BEN, method=ProofMethod.CODE)
    for user in (BEN, CLEO):
        with pytest.raises(SessionError, match=NO_CODE):
            await verification.enter_code(user, CODE)
    assert await harness.take_code(session, "0110ABCD", at=harness.now + timedelta(minutes=5)) is Refusal.OVER
    harness.pass_time(timedelta(minutes=5))
    with pytest.raises(SessionError, match=NO_CODE):
        await verification.enter_code(ANN, CODE)
    assert await harness.rows("SELECT tries FROM codes") == [(0,)]


async def test_a_wrong_code_changes_only_the_tries_of_its_own_session(harness: LinkingHarness) -> None:
    theirs = await begin(harness, CLEO, SECOND, method=ProofMethod.CODE)
    await signed_with_code(harness, BEN, "ZZZZ-9999")
    session = await signed_with_code(harness, ANN)
    ends = {row[0]: row[1] for row in await harness.rows("SELECT user_id, expires_at FROM sessions")}
    assert ends[CLEO] == theirs.session.expires_at.timestamp()
    for _ in range(5):
        with pytest.raises(InputError):
            await harness.linking.verification.enter_code(ANN, "ZZZZ-9999")
    rows = await harness.rows("SELECT user_id, status, tries FROM sessions JOIN codes ON session_id = id ORDER BY 1")
    assert rows == [(ANN, "dead", 5), (BEN, "signed", 0)]
    # Nor is a sixth taken from somebody who was there before the fifth.
    for code in ("0110ABCD", "00000000"):
        assert await harness.take_code(session, code) is Refusal.OVER
    assert (await harness.linking.verification.enter_code(BEN, "ZZZZ-9999")).result is Result.LINKED


async def test_a_code_is_good_for_one_link(harness: LinkingHarness) -> None:
    session = await signed_with_code(harness, ANN)
    until = harness.now + timedelta(minutes=5)
    assert not await harness.proofs.put_code(session, verified(SECOND), b"\x02" * 32, harness.now, until)
    await harness.linking.verification.enter_code(ANN, CODE)
    assert await harness.rows("SELECT * FROM codes") == []
    with pytest.raises(SessionError, match=NO_CODE):
        await harness.linking.verification.enter_code(ANN, CODE)
    assert await harness.listed(ANN) == {FIRST: True}


async def test_the_code_of_the_newest_link_counts(harness: LinkingHarness) -> None:
    await signed_with_code(harness, ANN)
    assert (await harness.linking.verification.enter_code(ANN, CODE)).result is Result.LINKED
    harness.pass_time(timedelta(seconds=1))
    await signed_with_code(harness, ANN, "ZZZZ-9999")
    assert (await harness.linking.verification.enter_code(ANN, "ZZZZ-9999")).result is Result.LINKED


async def test_a_code_may_open_a_contest(harness: LinkingHarness) -> None:
    await harness.prove(BEN, FIRST, "one")
    await signed_with_code(harness, ANN)
    outcome = await harness.linking.verification.enter_code(ANN, CODE)
    assert outcome == Outcome(Result.CONTESTED, owner_of("one"), (FIRST,), harness.now + CONTEST)
    assert await harness.rows("SELECT status, reason FROM sessions WHERE user_id = ?", ANN) == [("done", "contested")]
