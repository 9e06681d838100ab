"""Sessions from the inside: whose they are, what they remember, and what each step must find before it is taken."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import InputError, LimitError, NotFoundError, SessionError, SourceError
from bot.holdings import Account
from bot.linking import cookie_secrets
from bot.linking.contest_rules import REFUSAL_PERIOD
from bot.linking.outcome import Outcome, Result
from bot.linking.refusal_errors import SESSION_OVER
from bot.links import Contest, Person
from bot.links.proofs import ProofMethod, Session, SessionStatus
from bot.sources.loopring import LoopringSource
from bot.store.linking.proof_writer import Proved
from bot.store.linking.refusal import Refusal
from bot.store.rows import seconds
from sandbox.signing import sign
from tests.blockscout_source import open_blockscout
from tests.linking.harness import ANN, BEN, CLEO, CONTEST, GUILD, LinkingHarness, open_linking, owner_of
from tests.linking.started_proof import FIRST, KEYS, SECOND, THIRD, begin, token_of, verified
from tests.sandbox_client import SandboxClient

ADA_OWNER = "0x90e78956725e312a4217e90bdd1d8a496f018a71"


# ---------------------------------------------------------------- beginning


async def test_what_was_asked_for_is_what_the_session_says(harness: LinkingHarness) -> None:
    started = await begin(harness, ANN, method=ProofMethod.CODE)
    person = Person(ANN, "somebody", "https://cdn.discordapp.com/a.png")
    expected = Session(
        session_id=started.session.session_id,
        method=ProofMethod.CODE,
        status=SessionStatus.OPEN,
        person=person,
        expires_at=harness.now + timedelta(minutes=10),
        guild_id=GUILD,
        guild_name="The Mosaic Society",
        account=FIRST,
        owner=owner_of("one"),
    )
    assert started.session == expected
    assert re.fullmatch(r"[\w-]{16}", started.session.session_id)
    assert re.fullmatch(r"https://verify\.example\.org/v#t=[\w-]{43}", started.url)
    session, cookie = await harness.linking.verification.bind_browser(token_of(started), "")
    assert await harness.linking.verification.session(cookie) == session
    assert (session.session_id, session.status, session.person) == (started.session.session_id, "ready", person)


async def test_a_signature_to_paste_needs_no_page(harness: LinkingHarness) -> None:
    started = await begin(harness, ANN)
    assert (started.url, started.session.status, started.session.method) == ("", "ready", "paste")


async def test_a_link_is_of_the_browser_that_brought_it_first(harness: LinkingHarness) -> None:
    started, other = [await begin(harness, user, method=ProofMethod.CODE) for user in (ANN, BEN)]
    session, cookie = await harness.linking.verification.bind_browser(token_of(started), "")
    assert await harness.linking.verification.bind_browser(token_of(started), cookie) == (session, cookie)
    for wrong in ("", "x" * 43, cookie_secrets.new_secret()):
        with pytest.raises(SessionError, match=f"^{re.escape(SESSION_OVER.text)}$"):
            await harness.linking.verification.bind_browser(token_of(started), wrong)
    theirs, another = await harness.linking.verification.bind_browser(token_of(other), cookie)
    assert theirs.session_id == other.session.session_id
    assert another != cookie
    harness.pass_time(timedelta(minutes=10))
    for wrong in (cookie, ""):
        with pytest.raises(SessionError, match=f"^{re.escape(SESSION_OVER.text)}$"):
            await harness.linking.verification.bind_browser(token_of(started), wrong)


async def test_without_a_cookie_there_is_no_session(harness: LinkingHarness) -> None:
    await begin(harness, ANN, method=ProofMethod.CODE)
    for wrong in ("", "x" * 43):
        with pytest.raises(SessionError, match=f"^{re.escape(SESSION_OVER.text)}$"):
            await harness.linking.verification.session(wrong)


async def test_without_a_login_a_callback_is_refused(harness: LinkingHarness) -> None:
    _, cookie = await harness.linking.verification.bind_browser(
        token_of(await begin(harness, ANN, method=ProofMethod.CODE)), ""
    )
    returned = await harness.linking.verification.finish_login(cookie, state="", code="", denied=False)
    assert (returned.cookie, returned.problem) == ("", "expired")


async def test_thirty_members_of_one_server_may_start_within_a_minute(harness: LinkingHarness) -> None:
    verification = harness.linking.verification
    busy = r"^Too many people of this server verify right now\. Try again in a minute\.$"
    for user_id in range(1, 31):
        await verification.start_proof(Person(user_id), GUILD, "", None, ProofMethod.CODE)
    harness.pass_time(timedelta(seconds=59))
    with pytest.raises(LimitError, match=busy) as caught:
        await verification.start_proof(Person(31), GUILD, "", None, ProofMethod.CODE)
    assert caught.value.retry_after == 60
    await verification.start_proof(Person(31), GUILD + 1, "", None, ProofMethod.CODE)
    await verification.start_proof(Person(32), None, "", None, ProofMethod.CODE)
    harness.pass_time(timedelta(seconds=1))
    await verification.start_proof(Person(31), GUILD, "", None, ProofMethod.CODE)


async def test_one_person_may_start_five_times_within_an_hour(harness: LinkingHarness) -> None:
    often = r"^You started 5 verifications within an hour\. Try again in {}\.$"
    for _ in range(5):
        await begin(harness, ANN)
        harness.pass_time(timedelta(minutes=2))
    for passes, wait in (
        (timedelta(seconds=0), "50 minutes"),
        (timedelta(seconds=1), "50 minutes"),
        (timedelta(seconds=59), "49 minutes"),
        (timedelta(minutes=47), "2 minutes"),
        (timedelta(seconds=61), "1 minute"),
        (timedelta(seconds=58), "1 minute"),
    ):
        harness.pass_time(passes)
        with pytest.raises(LimitError, match=often.format(wait)):
            await begin(harness, ANN)
    await begin(harness, BEN)
    harness.pass_time(timedelta(seconds=1))
    await begin(harness, ANN)
    with pytest.raises(LimitError, match=often.format("2 minutes")):
        await begin(harness, ANN)


async def test_a_person_whose_links_others_opened_cannot_start(harness: LinkingHarness) -> None:
    locked = r"^Others opened links that you made, too often: you cannot verify for a day\. Ask a moderator\.$"
    for _ in range(3):
        await begin(harness, ANN)
        await harness.recorded(harness.now, harness.pseudonym(ANN), "relay", harness.pseudonym(BEN))
    with pytest.raises(LimitError, match=locked):
        await begin(harness, ANN)
    await begin(harness, BEN)
    harness.pass_time(timedelta(hours=24))
    await begin(harness, ANN)


async def test_a_session_gives_out_five_texts_and_only_the_last_is_good(harness: LinkingHarness) -> None:
    verification = harness.linking.verification
    session = (await begin(harness, ANN)).session
    texts = [await verification.challenge(session, owner_of("one")) for _ in range(5)]
    many = r"^Too many tries with this link\. Run `/verify` in Discord for a new one\.$"
    with pytest.raises(LimitError, match=many):
        await verification.challenge(session, owner_of("one"))
    assert len({text.nonce for text in texts}) == 5
    assert await harness.rows("SELECT count(*) FROM challenges WHERE used_at IS NULL") == [(1,)]
    for text in texts[:4]:
        with pytest.raises(SessionError, match=f"^{re.escape(SESSION_OVER.text)}$"):
            await verification.submit(session, text.challenge_id, sign("one", text.text.encode()).hex())
    last = texts[4]
    linked = await verification.submit(session, last.challenge_id, sign("one", last.text.encode()).hex())
    assert (linked.result, linked.at) == (Result.LINKED, harness.now)


# ---------------------------------------------------------------- whose address


async def test_the_owner_of_an_account_is_found_out_when_its_text_is_issued(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    assert sandbox.url
    async with open_linking(source) as harness:
        started = await begin(harness, ANN, owner="")
        await begin(harness, BEN, SECOND, owner="")
        issued = await harness.linking.verification.challenge(started.session, ADA_OWNER)
        assert (issued.signer, issued.owner, issued.accounts) == (ADA_OWNER, ADA_OWNER, (FIRST,))
        assert await harness.rows("SELECT user_id, owner FROM sessions ORDER BY 1") == [(ANN, ADA_OWNER), (BEN, "")]
        other_key = await harness.linking.verification.challenge(started.session, owner_of("two"))
        assert (other_key.signer, other_key.owner) == (owner_of("two"), ADA_OWNER)


async def test_an_owner_that_is_confirmed_otherwise_is_the_one_that_signs(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    """Whatever was linked or shown before the text is issued."""
    assert sandbox.url
    async with open_linking(source) as harness:
        started = await begin(harness, ANN, owner="")
        await begin(harness, BEN, SECOND, owner="")
        stale = replace(started.session, owner=owner_of("two"))
        await harness.store.sessions.save_owner(stale, stale.owner)
        assert (await harness.linking.verification.challenge(stale, ADA_OWNER)).owner == ADA_OWNER
        assert await harness.rows("SELECT user_id, owner FROM sessions ORDER BY 1") == [(ANN, ADA_OWNER), (BEN, "")]


async def test_an_address_means_its_account_on_the_first_network_that_has_one(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    async with open_blockscout(sandbox) as ethereum, open_linking(source, ethereum) as harness:
        verification = harness.linking.verification
        person = Person(ANN, "somebody")
        session = (await verification.start_proof(person, None, "", None, ProofMethod.PASTE)).session
        assert (await verification.challenge(session, ADA_OWNER)).accounts == (FIRST,)
        stranger = "0x" + "5e" * 20
        issued = await verification.challenge(session, stranger)
        assert (issued.signer, issued.owner, issued.accounts) == (stranger, stranger, (f"eip155:1:{stranger}",))
        assert "\nResources:\n- eip155:1:0x5e5e" in issued.text
    async with open_blockscout(sandbox) as ethereum, open_linking(ethereum, source) as harness:
        session = (await harness.linking.verification.start_proof(person, None, "", None, ProofMethod.PASTE)).session
        issued = await harness.linking.verification.challenge(session, ADA_OWNER)
        assert issued.accounts == (str(Account("eip155:1", ADA_OWNER)),)


async def test_an_address_without_an_account_differs_from_one_that_cannot_be_looked_up(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    stranger = "0x12345678901234567890123456789012345678ab"
    async with open_linking(source) as harness:
        session = (
            await harness.linking.verification.start_proof(Person(ANN), None, "", None, ProofMethod.PASTE)
        ).session
        nobody = r"^0x1234…78ab has no account here\. Connect the address that owns yours\.$"
        with pytest.raises(InputError, match=nobody):
            await harness.linking.verification.challenge(session, stranger)
        await sandbox.fault("html", "/api/")
        with pytest.raises(SourceError) as caught:
            await harness.linking.verification.challenge(session, stranger)
        assert not isinstance(caught.value, NotFoundError)
        assert await harness.rows("SELECT challenges FROM sessions") == [(0,)]


# ---------------------------------------------------------------- ending


async def test_the_waiting_command_is_notified_of_a_cancellation(harness: LinkingHarness) -> None:
    started = await begin(harness, ANN, method=ProofMethod.CODE)
    session, cookie = await harness.linking.verification.bind_browser(token_of(started), "")
    outcomes = harness.linking.verification.outcomes
    waiting = asyncio.create_task(outcomes.wait(session.session_id, 10))
    await harness.linking.verification.cancel(session)
    assert await waiting == Outcome(Result.CANCELLED)
    ended = await harness.linking.verification.session(cookie)
    assert (ended.status, ended.reason) == ("dead", "cancelled")


async def test_what_is_done_is_not_cancelled(harness: LinkingHarness) -> None:
    session = (await begin(harness, ANN)).session
    await harness.finish(session, verified())
    await harness.linking.verification.cancel(session)
    assert await harness.rows("SELECT status, reason FROM sessions") == [("done", "")]


async def test_a_new_command_ends_what_is_under_way_and_nothing_else(harness: LinkingHarness) -> None:
    done = (await begin(harness, ANN)).session
    await harness.finish(done, verified())
    under_way, theirs = (await begin(harness, ANN)).session, (await begin(harness, BEN)).session
    newest = (await begin(harness, ANN)).session
    stands = {row[0]: row[1:] for row in await harness.rows("SELECT id, status, reason FROM sessions")}
    assert stands == {
        done.session_id: ("done", ""),
        under_way.session_id: ("dead", "replaced"),
        theirs.session_id: ("ready", ""),
        newest.session_id: ("ready", ""),
    }


async def test_a_session_is_finished_once(harness: LinkingHarness) -> None:
    session = (await begin(harness, ANN)).session
    assert isinstance(await harness.finish(session, verified()), Proved)
    assert await harness.finish(session, verified()) is Refusal.OVER
    assert await harness.rows("SELECT owner, user_id, method, text_hash FROM proofs") == [
        (owner_of("one"), ANN, "eoa", b"\x01" * 32)
    ]
    assert await harness.rows("SELECT actor, subject FROM audit WHERE verb = 'link'") == [
        (harness.pseudonym(ANN), harness.pseudonym(ANN))
    ]


async def test_a_member_who_signs_for_what_was_vouched_has_lost_nothing(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, FIRST, owner_of("one"))
    await harness.finish((await begin(harness, ANN)).session, verified())
    assert await harness.rows("SELECT user_id, method FROM proofs") == [(ANN, "eoa")]
    assert await harness.pending_kinds(ANN) == []


async def test_each_session_shows_when_its_own_contest_ends(harness: LinkingHarness) -> None:
    for account, key in KEYS.items():
        await harness.prove(ANN, account, key)
    ends = {}
    for account in (FIRST, SECOND):
        harness.pass_time(timedelta(hours=1))
        session = (await begin(harness, BEN, account)).session
        ends[account] = harness.now + CONTEST
        contest = Contest(owner_of(KEYS[account]), ANN, BEN, harness.now, ends[account])
        assert await harness.finish(session, verified(account)) == Proved(verified(account), contest)
    stored = await harness.rows("SELECT user_id, news, owner, at, until FROM notices ORDER BY id")
    assert stored == [
        (ANN, "contested", owner_of(KEYS[account]), seconds(until - CONTEST), seconds(until))
        for account, until in ends.items()
    ]
    recorded = await harness.rows("SELECT actor, subject FROM audit WHERE verb = 'contest'")
    assert recorded == 2 * [(harness.pseudonym(BEN), harness.pseudonym(ANN))]
    harness.pass_time(timedelta(hours=1))
    for user, account, until in (
        (BEN, FIRST, ends[FIRST]),
        (BEN, SECOND, ends[SECOND]),
        (BEN, THIRD, None),
        (CLEO, FIRST, None),
    ):
        session = (await begin(harness, user, account)).session
        assert await harness.linking.verification.contested_until(session) == until


async def test_a_member_who_may_not_contest_by_a_contract_reads_until_when(harness: LinkingHarness) -> None:
    wallet = owner_of("a contract")
    for user in (ANN, BEN, ANN):
        await harness.prove_by_contract(user, FIRST, wallet)
    until = (harness.now + REFUSAL_PERIOD).date()
    lost = "You claimed that account recently, and it stayed with its holder: by a contract wallet you cannot claim it"
    with pytest.raises(InputError, match=f"^{lost} again before {until}\\.$"):
        await harness.prove_by_contract(BEN, FIRST, wallet)
    assert await harness.store.contests.opened_by(BEN) == []
    harness.pass_time(REFUSAL_PERIOD)
    assert (await harness.prove_by_contract(BEN, FIRST, wallet)).contest


async def test_a_contracts_answer_does_not_outweigh_the_addresss_own_key(harness: LinkingHarness) -> None:
    """A contract that a wallet was tricked into trusting says "right" to anything, and as often as one likes."""
    owner = owner_of("one")
    need = "^The answer of a contract is not enough for that address: sign with the address's own key\\.$"
    await harness.prove(ANN, FIRST, "one")
    with pytest.raises(InputError, match=need):
        await harness.prove_by_contract(BEN, FIRST, owner)
    await harness.prove(BEN, FIRST, "one")
    for user in (ANN, BEN, CLEO):
        if user != ANN:
            with pytest.raises(InputError, match=need):
                await harness.prove_by_contract(user, FIRST, owner)
    with pytest.raises(InputError, match=need):
        await harness.prove_by_contract(ANN, FIRST, owner)
    [contest] = await harness.store.contests.opened_by(BEN)
    assert contest.holder_id == ANN
