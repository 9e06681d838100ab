"""Texts that cannot be issued: the session ended meanwhile, or nobody could sign one."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from bot.errors import InputError, SessionError
from bot.linking.refusal_errors import SESSION_OVER
from bot.links.proofs import ProofMethod
from bot.signing.signature import ZERO_ADDRESS
from tests.linking.harness import ANN, BEN, LinkingHarness, owner_of
from tests.linking.started_proof import FIRST, SECOND, begin, token_of
from tests.sandbox_client import SandboxClient


async def test_a_session_that_ends_while_its_owner_is_asked_is_over(
    sandbox: SandboxClient, asking: LinkingHarness
) -> None:
    verification = asking.linking.verification
    session = (await begin(asking, ANN, owner="")).session
    await sandbox.fault("slow", path="/api/v3/account", times=1, seconds=1)
    challenge = asyncio.create_task(verification.challenge(session, owner_of("one")))
    await sandbox.until_asked("/api/v3/account")
    asking.pass_time(timedelta(minutes=10))
    with pytest.raises(SessionError, match=f"^{re.escape(SESSION_OVER.text)}$"):
        await challenge
    assert await asking.rows("SELECT count(*) FROM challenges") == [(0,)]


@pytest.mark.parametrize("late", [timedelta(minutes=10), timedelta(minutes=14)])
async def test_a_session_that_has_ended_gives_out_no_text(harness: LinkingHarness, late: timedelta) -> None:
    session = (await begin(harness, ANN)).session
    harness.pass_time(late)
    with pytest.raises(SessionError, match=f"^{re.escape(SESSION_OVER.text)}$"):
        await harness.linking.verification.challenge(session, owner_of("one"))


async def test_a_replaced_session_is_over_and_has_not_had_too_many_texts(harness: LinkingHarness) -> None:
    verification = harness.linking.verification
    older, newer = [(await begin(harness, ANN)).session for _ in range(2)]
    with pytest.raises(SessionError, match=f"^{re.escape(SESSION_OVER.text)}$"):
        await verification.challenge(older, owner_of("one"))
    assert not await verification.is_open(older)
    assert await verification.is_open(newer)
    await begin(harness, BEN)
    assert await verification.is_open(newer)
    harness.pass_time(timedelta(minutes=10))
    assert not await verification.is_open(newer)


async def test_an_account_of_the_zero_address_can_be_proven_by_nobody(harness: LinkingHarness) -> None:
    """As an owner it comes from a source, and on a chain it is an account as any other."""
    sentence = r"^Nobody can prove {}: its owner is the zero address, for which nobody has a key\. Choose another"
    verification = harness.linking.verification
    for user_id, account, method in (
        (ANN, FIRST, ProofMethod.PASTE),
        (BEN, SECOND, ProofMethod.CODE),
        (ANN, f"ethereum:{ZERO_ADDRESS}", ProofMethod.PASTE),
    ):
        started = await begin(harness, user_id, account, method=method, owner=ZERO_ADDRESS)
        session = started.session
        if method is ProofMethod.CODE:
            session, _ = await verification.bind_browser(token_of(started), "")
        with pytest.raises(InputError, match=sentence.format(account)):
            await verification.challenge(session, owner_of("one"))
