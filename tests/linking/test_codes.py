"""Codes that the page shows and members type: who may, how often, how long, and how they may be written."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from bot.errors import InputError, SessionError
from bot.linking import cookie as derived
from bot.linking.outcome import Ending, Outcome
from bot.linking.proof_methods import Way
from bot.store.linking.proof_writer import OVER
from sandbox.signing import sign
from tests.linking.harness import ANN, BEN, CLEO, CONTEST, Desk, owner_of
from tests.linking.started_proof import CODE, FIRST, SECOND, begin, proven, signed_with_code, token_of

NO_CODE = r"^There is nothing to type a code for\. Open your link first, and sign there\.$"


async def test_the_page_is_given_a_code_for_five_minutes(desk: Desk) -> None:
    verification = desk.linking.verification
    begun = await begin(desk, ANN, way=Way.CODE)
    session, cookie = await verification.start(token_of(begun), "")
    issued = await verification.challenge(session, owner_of("one"))
    outcome = await verification.submit(session, issued.challenge_id, sign("one", issued.text.encode()).hex())
    until = desk.now + timedelta(minutes=5)
    assert outcome == Outcome(Ending.SIGNED, owner_of("one"), (FIRST,), until, code=outcome.code)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", outcome.code)
    assert (await verification.session(cookie)).expires_at == until
    assert await desk.rows("SELECT actor FROM audit WHERE verb = 'signed'") == [(desk.pseudonym(ANN),)]
    waiting = asyncio.create_task(verification.outcomes.wait(session.session_id, 10))
    linked = Outcome(Ending.LINKED, owner_of("one"), (FIRST,), None)
    assert await verification.enter_code(ANN, outcome.code) == linked
    assert await waiting == linked
    assert (await verification.session(cookie)).status == "done"


@pytest.mark.parametrize("typed", [CODE, "0110abcd", "OiLo-abcd", "olio ABCD", " 01\n10-ab - cd\t", "--0110ABCD--"])
async def test_a_code_may_be_typed_as_it_is_read(desk: Desk, typed: str) -> None:
    await signed_with_code(desk, ANN)
    assert (await desk.linking.verification.enter_code(ANN, typed)).ending is Ending.LINKED


@pytest.mark.parametrize("typed", ["", "0110ABC", "0110ABCDE", "0110ABCU", "0110AB!D", "0110_ABCD", "０110ABCD"])
async def test_what_cannot_be_a_code_costs_no_try(desk: Desk, typed: str) -> None:
    await signed_with_code(desk, ANN)
    sentence = r"^A code has 8 letters and digits, as the page shows them: ABCD-2345\.$"
    for _ in range(6):
        with pytest.raises(InputError, match=sentence):
            await desk.linking.verification.enter_code(ANN, typed)
    assert (await desk.linking.verification.enter_code(ANN, CODE)).ending is Ending.LINKED


async def test_the_tries_that_are_left_are_told_and_the_fifth_wrong_one_ends_it(desk: Desk) -> None:
    await signed_with_code(desk, ANN)
    for rest in ("4 more tries", "3 more tries", "2 more tries", "1 more try", "Run `/verify` for a new link"):
        sentence = rf"^That is not the code that the page showed\. {rest}\.$"
        with pytest.raises(InputError, match=sentence):
            await desk.linking.verification.enter_code(ANN, "0000-0000")
    assert await desk.rows("SELECT status FROM sessions") == [("dead",)]
    with pytest.raises(SessionError, match=NO_CODE):
        await desk.linking.verification.enter_code(ANN, CODE)
    assert await desk.listed(ANN) == {}


async def test_the_fifth_try_may_be_the_right_one(desk: Desk) -> None:
    await signed_with_code(desk, ANN)
    for _ in range(4):
        with pytest.raises(InputError):
            await desk.linking.verification.enter_code(ANN, "0000-0000")
    assert (await desk.linking.verification.enter_code(ANN, CODE)).ending is Ending.LINKED


async def test_a_code_is_of_one_person_until_it_is_over(desk: Desk) -> None:
    verification = desk.linking.verification
    session = await signed_with_code(desk, ANN)
    await begin(desk, BEN, way=Way.CODE)
    for user in (BEN, CLEO):
        with pytest.raises(SessionError, match=NO_CODE):
            await verification.enter_code(user, CODE)
    with pytest.raises(SessionError, match=f"^{re.escape(OVER)}$"):
        await desk.proving.take_code(session, derived.hashed("0110ABCD"), desk.now + timedelta(minutes=5))
    desk.pass_time(timedelta(minutes=5))
    with pytest.raises(SessionError, match=NO_CODE):
        await verification.enter_code(ANN, CODE)
    assert await desk.rows("SELECT tries FROM codes") == [(0,)]


async def test_nobodys_code_and_tries_are_touched_by_somebody_elses(desk: Desk) -> None:
    theirs = await begin(desk, CLEO, SECOND, way=Way.CODE)
    await signed_with_code(desk, BEN, "ZZZZ-9999")
    session = await signed_with_code(desk, ANN)
    ends = {row[0]: row[1] for row in await desk.rows("SELECT user_id, expires_at FROM sessions")}
    assert ends[CLEO] == theirs.session.expires_at.timestamp()
    for _ in range(5):
        with pytest.raises(InputError):
            await desk.linking.verification.enter_code(ANN, "ZZZZ-9999")
    rows = await desk.rows("SELECT user_id, status, tries FROM sessions JOIN codes ON session_id = id ORDER BY 1")
    assert rows == [(ANN, "dead", 5), (BEN, "signed", 0)]
    # Nor is a sixth taken from somebody who was there before the fifth.
    for code in ("0110ABCD", "00000000"):
        with pytest.raises(SessionError, match=f"^{re.escape(OVER)}$"):
            await desk.proving.take_code(session, derived.hashed(code), desk.now)
    assert (await desk.linking.verification.enter_code(BEN, "ZZZZ-9999")).ending is Ending.LINKED


async def test_a_code_is_good_for_one_link(desk: Desk) -> None:
    session = await signed_with_code(desk, ANN)
    with pytest.raises(SessionError, match=f"^{re.escape(OVER)}$"):
        await desk.proving.put_code(session, proven(SECOND), b"\x02" * 32, desk.now, desk.now + timedelta(minutes=5))
    await desk.linking.verification.enter_code(ANN, CODE)
    assert await desk.rows("SELECT * FROM codes") == []
    with pytest.raises(SessionError, match=NO_CODE):
        await desk.linking.verification.enter_code(ANN, CODE)
    assert await desk.listed(ANN) == {FIRST: True}


async def test_the_code_of_the_newest_link_counts(desk: Desk) -> None:
    await signed_with_code(desk, ANN)
    assert (await desk.linking.verification.enter_code(ANN, CODE)).ending is Ending.LINKED
    desk.pass_time(timedelta(seconds=1))
    await signed_with_code(desk, ANN, "ZZZZ-9999")
    assert (await desk.linking.verification.enter_code(ANN, "ZZZZ-9999")).ending is Ending.LINKED


async def test_a_code_may_open_a_contest(desk: Desk) -> None:
    await desk.prove(BEN, FIRST, "one")
    await signed_with_code(desk, ANN)
    outcome = await desk.linking.verification.enter_code(ANN, CODE)
    assert outcome == Outcome(Ending.CONTESTED, owner_of("one"), (FIRST,), desk.now + CONTEST)
    assert await desk.rows("SELECT status, reason FROM sessions WHERE user_id = ?", ANN) == [("done", "contested")]
