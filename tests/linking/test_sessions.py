"""Sessions from the inside: whose they are, what they remember, and what each step must find before it is taken."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from bot.errors import InputError, LimitError, NotFoundError, SessionError, SourceError
from bot.holdings import Account
from bot.linking import cookie as derived
from bot.linking.outcome import Ending, Outcome
from bot.linking.proof_methods import Way
from bot.links import Contest, Person
from bot.sources.loopring import LoopringSource
from bot.store.linking.contest_table import REFUSED_FOR
from bot.store.linking.proof_writer import OVER
from bot.store.linking.session_table import Session
from bot.store.rows import seconds
from sandbox.signing import sign
from tests.blockscout_source import open_blockscout
from tests.linking.harness import ANN, BEN, CLEO, CONTEST, GUILD, Desk, open_desk, owner_of
from tests.linking.started_proof import FIRST, KEYS, SECOND, THIRD, begin, proven, token_of
from tests.sandbox_client import Stage

ADA_OWNER = "0x90e78956725e312a4217e90bdd1d8a496f018a71"


# ---------------------------------------------------------------- beginning


async def test_what_was_asked_for_is_what_the_session_says(desk: Desk) -> None:
    begun = await begin(desk, ANN, way=Way.CODE)
    person = Person(ANN, "somebody", "https://cdn.discordapp.com/a.png")
    expected = Session(
        *(begun.session.session_id, "code", "open", "", person, GUILD, "The Mosaic Society"),
        *(FIRST, owner_of("one"), 0, desk.now + timedelta(minutes=10)),
    )
    assert begun.session == expected
    assert re.fullmatch(r"[\w-]{16}", begun.session.session_id)
    assert re.fullmatch(r"https://verify\.example\.org/v#t=[\w-]{43}", begun.url)
    session, cookie = await desk.linking.verification.start(token_of(begun), "")
    assert await desk.linking.verification.session(cookie) == session
    assert (session.session_id, session.status, session.person) == (begun.session.session_id, "ready", person)


async def test_a_signature_to_paste_needs_no_page(desk: Desk) -> None:
    begun = await begin(desk, ANN)
    assert (begun.url, begun.session.status, begun.session.way) == ("", "ready", "paste")


async def test_a_link_is_of_the_browser_that_brought_it_first(desk: Desk) -> None:
    begun, other = await begin(desk, ANN, way=Way.CODE), await begin(desk, BEN, way=Way.CODE)
    session, cookie = await desk.linking.verification.start(token_of(begun), "")
    assert await desk.linking.verification.start(token_of(begun), cookie) == (session, cookie)
    for wrong in ("", "x" * 43, derived.new_secret()):
        with pytest.raises(SessionError, match=f"^{re.escape(OVER)}$"):
            await desk.linking.verification.start(token_of(begun), wrong)
    theirs, another = await desk.linking.verification.start(token_of(other), cookie)
    assert theirs.session_id == other.session.session_id
    assert another != cookie
    desk.pass_time(timedelta(minutes=10))
    for wrong in (cookie, ""):
        with pytest.raises(SessionError, match=f"^{re.escape(OVER)}$"):
            await desk.linking.verification.start(token_of(begun), wrong)


async def test_without_a_cookie_there_is_no_session(desk: Desk) -> None:
    await begin(desk, ANN, way=Way.CODE)
    for wrong in ("", "x" * 43):
        with pytest.raises(SessionError, match=f"^{re.escape(OVER)}$"):
            await desk.linking.verification.session(wrong)


async def test_where_there_is_no_login_nobody_comes_back_from_one(desk: Desk) -> None:
    _, cookie = await desk.linking.verification.start(token_of(await begin(desk, ANN, way=Way.CODE)), "")
    returned = await desk.linking.verification.come_back(cookie, state="", code="", denied=False)
    assert (returned.cookie, returned.problem) == ("", "expired")


async def test_of_one_server_thirty_may_begin_within_a_minute(desk: Desk) -> None:
    verification = desk.linking.verification
    busy = r"^Too many people of this server verify right now\. Try again in a minute\.$"
    for user_id in range(1, 31):
        await verification.begin(Person(user_id), GUILD, "", None, Way.CODE)
    desk.pass_time(timedelta(seconds=59))
    with pytest.raises(LimitError, match=busy) as told:
        await verification.begin(Person(31), GUILD, "", None, Way.CODE)
    assert told.value.retry_after == 60
    await verification.begin(Person(31), GUILD + 1, "", None, Way.CODE)
    await verification.begin(Person(32), None, "", None, Way.CODE)
    desk.pass_time(timedelta(seconds=1))
    await verification.begin(Person(31), GUILD, "", None, Way.CODE)


async def test_one_person_may_begin_five_times_within_an_hour(desk: Desk) -> None:
    often = r"^You began 5 verifications within an hour\. Try again in {}\.$"
    for _ in range(5):
        await begin(desk, ANN)
        desk.pass_time(timedelta(minutes=2))
    for passes, wait in (
        (timedelta(seconds=0), "50 minutes"),
        (timedelta(seconds=1), "50 minutes"),
        (timedelta(seconds=59), "49 minutes"),
        (timedelta(minutes=47), "2 minutes"),
        (timedelta(seconds=61), "1 minute"),
        (timedelta(seconds=58), "1 minute"),
    ):
        desk.pass_time(passes)
        with pytest.raises(LimitError, match=often.format(wait)):
            await begin(desk, ANN)
    await begin(desk, BEN)
    desk.pass_time(timedelta(seconds=1))
    await begin(desk, ANN)
    with pytest.raises(LimitError, match=often.format("2 minutes")):
        await begin(desk, ANN)


async def test_whose_links_others_opened_cannot_begin(desk: Desk) -> None:
    locked = r"^Others opened links that you made, too often: you cannot verify for a day\. Ask a moderator\.$"
    for _ in range(3):
        await begin(desk, ANN)
        await desk.noted(desk.now, desk.pseudonym(ANN), "relay", desk.pseudonym(BEN))
    with pytest.raises(LimitError, match=locked):
        await begin(desk, ANN)
    await begin(desk, BEN)
    desk.pass_time(timedelta(hours=24))
    await begin(desk, ANN)


async def test_a_session_gives_out_five_texts_and_only_the_last_is_good(desk: Desk) -> None:
    verification = desk.linking.verification
    session = (await begin(desk, ANN)).session
    texts = [await verification.challenge(session, owner_of("one")) for _ in range(5)]
    many = r"^Too many tries with this link\. Run `/verify` in Discord for a new one\.$"
    with pytest.raises(LimitError, match=many):
        await verification.challenge(session, owner_of("one"))
    assert len({text.nonce for text in texts}) == 5
    assert await desk.rows("SELECT count(*) FROM challenges WHERE used_at IS NULL") == [(1,)]
    for text in texts[:4]:
        with pytest.raises(SessionError, match=f"^{re.escape(OVER)}$"):
            await verification.submit(session, text.challenge_id, sign("one", text.text.encode()).hex())
    last = texts[4]
    assert (await verification.submit(session, last.challenge_id, sign("one", last.text.encode()).hex())).ending is (
        Ending.LINKED
    )


# ---------------------------------------------------------------- whose address


async def test_the_owner_of_an_account_is_learnt_when_its_text_is_asked_for(
    stage: Stage, source: LoopringSource
) -> None:
    assert stage.url
    async with open_desk(source) as desk:
        begun, other = await begin(desk, ANN, owner=""), await begin(desk, BEN, SECOND, owner="")
        issued = await desk.linking.verification.challenge(begun.session, ADA_OWNER)
        assert (issued.signer, issued.owner, issued.accounts) == (ADA_OWNER, ADA_OWNER, (FIRST,))
        assert await desk.rows("SELECT user_id, owner FROM sessions ORDER BY 1") == [(ANN, ADA_OWNER), (BEN, "")]
        other_key = await desk.linking.verification.challenge(begun.session, owner_of("two"))
        assert (other_key.signer, other_key.owner) == (owner_of("two"), ADA_OWNER)
        # What is known already stays.
        await desk.store.sessions.learn_owner(begun.session, owner_of("two"))
        await desk.store.sessions.learn_owner(other.session, owner_of("two"))
        assert await desk.rows("SELECT owner FROM sessions ORDER BY user_id") == [(ADA_OWNER,), (owner_of("two"),)]


async def test_an_address_stands_for_its_account_on_the_first_network_that_has_one(
    stage: Stage, source: LoopringSource
) -> None:
    async with open_blockscout(stage) as ethereum, open_desk(source, ethereum) as desk:
        verification = desk.linking.verification
        person = Person(ANN, "somebody")
        session = (await verification.begin(person, None, "", None, Way.PASTE)).session
        assert (await verification.challenge(session, ADA_OWNER)).accounts == (FIRST,)
        stranger = "0x" + "5e" * 20
        issued = await verification.challenge(session, stranger)
        assert (issued.signer, issued.owner, issued.accounts) == (stranger, stranger, (f"eip155:1:{stranger}",))
        assert "\nResources:\n- eip155:1:0x5e5e" in issued.text
    async with open_blockscout(stage) as ethereum, open_desk(ethereum, source) as desk:
        session = (await desk.linking.verification.begin(person, None, "", None, Way.PASTE)).session
        issued = await desk.linking.verification.challenge(session, ADA_OWNER)
        assert issued.accounts == (str(Account("eip155:1", ADA_OWNER)),)


async def test_an_address_without_an_account_is_told_apart_from_one_that_cannot_be_looked_up(
    stage: Stage, source: LoopringSource
) -> None:
    stranger = "0x12345678901234567890123456789012345678ab"
    async with open_desk(source) as desk:
        session = (await desk.linking.verification.begin(Person(ANN), None, "", None, Way.PASTE)).session
        nobody = r"^0x1234…78ab has no account here\. Connect the address that owns yours\.$"
        with pytest.raises(InputError, match=nobody):
            await desk.linking.verification.challenge(session, stranger)
        await stage.fault("html", "/api/")
        with pytest.raises(SourceError) as told:
            await desk.linking.verification.challenge(session, stranger)
        assert not isinstance(told.value, NotFoundError)
        assert await desk.rows("SELECT challenges FROM sessions") == [(0,)]


# ---------------------------------------------------------------- ending


async def test_whoever_waits_hears_that_it_was_cancelled(desk: Desk) -> None:
    begun = await begin(desk, ANN, way=Way.CODE)
    session, cookie = await desk.linking.verification.start(token_of(begun), "")
    outcomes = desk.linking.verification.outcomes
    waiting = asyncio.create_task(outcomes.wait(session.session_id, 10))
    await desk.linking.verification.cancel(session)
    assert await waiting == Outcome(Ending.CANCELLED)
    ended = await desk.linking.verification.session(cookie)
    assert (ended.status, ended.reason) == ("dead", "cancelled")


async def test_what_is_done_is_not_cancelled(desk: Desk) -> None:
    session = (await begin(desk, ANN)).session
    await desk.proving.finish(session, proven(), desk.now)
    await desk.linking.verification.cancel(session)
    assert await desk.rows("SELECT status, reason FROM sessions") == [("done", "")]


async def test_a_new_command_ends_what_is_under_way_and_nothing_else(desk: Desk) -> None:
    done = (await begin(desk, ANN)).session
    await desk.proving.finish(done, proven(), desk.now)
    under_way, theirs = (await begin(desk, ANN)).session, (await begin(desk, BEN)).session
    newest = (await begin(desk, ANN)).session
    stands = {row[0]: row[1:] for row in await desk.rows("SELECT id, status, reason FROM sessions")}
    assert stands == {
        done.session_id: ("done", ""),
        under_way.session_id: ("dead", "replaced"),
        theirs.session_id: ("ready", ""),
        newest.session_id: ("ready", ""),
    }


async def test_a_session_is_finished_once(desk: Desk) -> None:
    session = (await begin(desk, ANN)).session
    assert await desk.proving.finish(session, proven(), desk.now) is None
    with pytest.raises(SessionError, match=f"^{re.escape(OVER)}$"):
        await desk.proving.finish(session, proven(), desk.now)
    assert await desk.rows("SELECT owner, user_id, method, text_hash FROM proofs") == [
        (owner_of("one"), ANN, "eoa", b"\x01" * 32)
    ]
    assert await desk.rows("SELECT actor, subject FROM audit WHERE verb = 'link'") == [
        (desk.pseudonym(ANN), desk.pseudonym(ANN))
    ]


async def test_who_signs_after_a_moderators_word_has_lost_nothing(desk: Desk) -> None:
    await desk.vouch(ANN, FIRST, owner_of("one"))
    await desk.proving.finish((await begin(desk, ANN)).session, proven(), desk.now)
    assert await desk.rows("SELECT user_id, method FROM proofs") == [(ANN, "eoa")]
    assert await desk.news(ANN) == []


async def test_each_session_is_told_when_its_own_contest_ends(desk: Desk) -> None:
    for account, key in KEYS.items():
        await desk.prove(ANN, account, key)
    ends = {}
    for account in (FIRST, SECOND):
        desk.pass_time(timedelta(hours=1))
        session = (await begin(desk, BEN, account)).session
        contest = await desk.proving.finish(session, proven(account), desk.now)
        ends[account] = desk.now + CONTEST
        assert contest == Contest(owner_of(KEYS[account]), ANN, BEN, desk.now, ends[account])
    kept = await desk.rows("SELECT user_id, news, owner, at, until FROM notices ORDER BY id")
    assert kept == [
        (ANN, "contested", owner_of(KEYS[account]), seconds(until - CONTEST), seconds(until))
        for account, until in ends.items()
    ]
    noted = await desk.rows("SELECT actor, subject FROM audit WHERE verb = 'contest'")
    assert noted == 2 * [(desk.pseudonym(BEN), desk.pseudonym(ANN))]
    desk.pass_time(timedelta(hours=1))
    for user, account, until in (
        (BEN, FIRST, ends[FIRST]),
        (BEN, SECOND, ends[SECOND]),
        (BEN, THIRD, None),
        (CLEO, FIRST, None),
    ):
        session = (await begin(desk, user, account)).session
        assert await desk.linking.verification.contested_until(session) == until


async def test_whoever_may_not_contest_is_told_until_when(desk: Desk) -> None:
    await desk.prove(ANN, FIRST, "one")
    await desk.prove(BEN, FIRST, "one")
    await desk.prove(ANN, FIRST, "one")
    until = (desk.now + REFUSED_FOR).date()
    lost = "You claimed that account lately, and it stayed with its holder: you cannot claim it again before"
    with pytest.raises(InputError, match=f"^{lost} {until}\\.$"):
        await desk.prove(BEN, FIRST, "one")
