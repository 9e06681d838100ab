"""Whatever members do in whatever order: what has to hold of links, proofs and claims holds after each step."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlite_utils import Database

from bot.errors import InputError, LimitError, TesseraError
from bot.linking.refusal_errors import refusal_error
from bot.linking.start_limits import START_LIMITS
from bot.links import NOWHERE, Person, ProofKind
from bot.links.proofs import ProofMethod, Session, SessionStatus, VerifiedSignature
from bot.store.linking.proof_writer import Proved
from bot.store.rows import to_account
from tests.linking.harness import ANN, BEN, CLEO, HERE, open_linking

T = TypeVar("T")

OWNERS = [f"0x{number:040x}" for number in range(1, 7)]
# Two accounts of each owner; the second one's owner may be unknown for a while.
OWNER_OF = {f"loopring:{n}": owner for n, owner in enumerate(OWNERS, 1)} | {f"eip155:1:{o}": o for o in OWNERS}

MEMBERS = (ANN, BEN, CLEO)
members = st.sampled_from(MEMBERS)
accounts = st.sampled_from(sorted(OWNER_OF))
owners = st.sampled_from(OWNERS[:2])  # few, so that members meet


class Members(RuleBasedStateMachine):
    """Three members, six wallets, a clock that never goes back."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._open = AsyncExitStack()
        self._harness = self._run(self._open.enter_async_context(open_linking()))

    def teardown(self) -> None:
        self._run(self._open.aclose())
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def _try(self, work: Coroutine[Any, Any, Any]) -> TesseraError | None:
        """Do something that may be refused; then nothing has changed."""
        before = self._run(self._harness.dump())
        refused: TesseraError | None = None
        try:
            self._run(work)
        except (InputError, LimitError) as error:
            refused = error
        assert refused is None or self._run(self._harness.dump()) == before
        return refused

    # ------------------------------------------------------------ what members do

    @rule(user=members, account=accounts, is_known=st.booleans())
    def name(self, user: int, account: str, is_known: bool) -> None:  # noqa: FBT001 - Hypothesis calls it by name
        owner = OWNER_OF[account] if is_known else ""
        self._try(self._harness.add(user, account, owner))

    @rule(owner=owners)
    def claim(self, owner: str) -> None:
        """Somebody signs for what another has; by chance alone that would be rare."""
        holder = self._run(self._harness.store.links.holder(owner))
        if holder is not None:
            self.prove(next(user for user in MEMBERS if user != holder), owner, both=False)

    @rule(user=members, owner=owners, both=st.booleans())
    def prove(self, user: int, owner: str, both: bool) -> None:  # noqa: FBT001 - likewise
        linked = tuple(account for account, its in OWNER_OF.items() if its == owner)[: 1 + both]
        self._harness.pass_time(timedelta(minutes=13))  # as many in an hour as one may
        for account in linked:
            self._run(self._harness.own(account, owner))
        if self._try(self._finish(user, VerifiedSignature(owner, linked, ProofKind.KEY, bytes(32)))) is None:
            listed = self._run(self._harness.listed(user))
            assert set(linked) <= listed.keys()
            is_holder = self._run(self._harness.store.links.holder(owner)) == user
            contests = self._harness.store.contests
            opened = {each.owner for each in self._run(contests.opened_by(user))}
            assert is_holder or owner in opened | {each.owner for each in self._run(contests.frozen_of(user))}

    async def _finish(self, user: int, verified: VerifiedSignature) -> None:
        harness, until = self._harness, self._harness.now + timedelta(minutes=10)
        number = secrets.token_hex(8)
        session = Session(number, ProofMethod.PASTE, SessionStatus.READY, Person(user), until)
        actor = harness.pseudonym(user)
        sessions = harness.store.sessions
        assert not await sessions.create(session, number.encode(), harness.now, actor=actor, limits=START_LIMITS)
        finished = await harness.finish(session, verified)
        if not isinstance(finished, Proved):
            raise refusal_error(finished)

    @rule(user=members, account=accounts)
    def vouch(self, user: int, account: str) -> None:
        self._run(
            self._harness.own(account, OWNER_OF[account])
        )  # a link learns its owner from sources, not from a vouch
        links = self._run(self._harness.dump())
        asked = self._run(self._harness.ask(user, account, OWNER_OF[account]))
        if asked:
            self._try(self._harness.linking.vouching.confirm(user, HERE, asked.vouch_id))
        assert self._run(self._harness.dump()) == links

    @rule(user=members, account=accounts, with_proof=st.booleans())
    def unlink(self, user: int, account: str, with_proof: bool) -> None:  # noqa: FBT001 - likewise
        owner = {str(link.account): link.owner for link in self._run(self._harness.store.links.of(user))}.get(
            account, ""
        )
        if self._try(self._harness.accounts.remove(user, to_account(account), with_proof=with_proof)) is None:
            assert account not in self._run(self._harness.listed(user))
            if with_proof and owner:
                assert self._run(self._harness.store.links.holder(owner)) != user

    @rule(user=members, owner=owners)
    def give_up(self, user: int, owner: str) -> None:
        """Unlink all that a wallet owns; what others claim of it is theirs."""
        claimed = {
            contest.owner: contest.challenger_id for contest in self._run(self._harness.store.contests.held_by(user))
        }
        was_holder = self._run(self._harness.store.links.holder(owner)) == user
        for account, its in OWNER_OF.items():
            if its == owner:
                self._try(self._harness.accounts.remove(user, to_account(account)))
        if was_holder:
            assert self._run(self._harness.store.links.holder(owner)) == claimed.get(owner)

    @rule(user=members, account=accounts)
    def choose_main(self, user: int, account: str) -> None:
        if self._try(self._harness.accounts.set_main(user, to_account(account))) is None:
            assert str(self._run(self._harness.accounts.main(user)).account) == account

    @rule(user=members, owner=owners)
    def object_to(self, user: int, owner: str) -> None:
        self._try(self._harness.accounts.object(user, owner))

    @rule(user=members)
    def delete(self, user: int) -> None:
        self._run(self._harness.delete(user))
        export = self._run(self._harness.export(user))
        left = {part for part, rows in export.items() if rows} - {"discord_user_id", "exported_at"}
        assert left <= {"audit", "refusals"}

    # ------------------------------------------------------------ what time does

    @rule(span=st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(days=1), timedelta(days=2)]))
    def wait(self, span: timedelta) -> None:
        """Time goes by, people read their notifications, contests end, and what is old is forgotten."""
        self._run(self._harness.run_for(span))
        for notification in self._run(self._harness.notifications.pending()):
            self._run(
                self._harness.notifications.mark_notified(notification)
            )  # below a command, to who takes no direct messages
        assert self._run(self._harness.round()) == 0
        assert (
            self._run(self._harness.rows("SELECT 1 FROM contests WHERE ends_at <= ?", self._harness.now.timestamp()))
            == []
        )
        before = self._run(self._harness.dump())
        self._run(self._harness.purge())
        assert self._run(self._harness.dump()) | {"refusals": []} == before | {"refusals": []}
        assert before["notices"] == []

    @rule(span=st.sampled_from([timedelta(hours=1), timedelta(days=30)]), refusing=st.sets(members))
    def go_away(self, span: timedelta, refusing: set[int]) -> None:
        """The bot is away, and nothing runs out meanwhile; some take no direct messages when it is back."""
        self._run(self._harness.settle())
        before = self._left()
        self._harness.pass_time(span)
        assert self._run(self._harness.settle()) == 0
        assert self._left() == before
        self._run(self._harness.round(*refusing))

    def _left(self) -> list[tuple[Any, ...]]:
        """How long each contest goes on."""
        sql = "SELECT owner, challenger_id, ends_at - ? FROM contests ORDER BY owner"
        return self._run(self._harness.rows(sql, int(self._harness.now.timestamp())))

    # ------------------------------------------------------------ what holds

    @invariant()
    def all_holds(self) -> None:
        self._run(self._harness.store.writer.run(_check))

    @invariant()
    def what_is_shown_is_what_is_stored(self) -> None:
        proofs: dict[str, int] = dict(self._run(self._harness.rows("SELECT owner, user_id FROM proofs")))
        proven: Counter[str] = Counter()
        for user in MEMBERS:
            links = self._run(self._harness.store.links.of(user))
            assert [link.is_main for link in links] == ([True] + [False] * (len(links) - 1) if links else [])
            found = self._run(self._harness.linking.proven.of(user, NOWHERE))
            for link in links:
                assert found.is_signed(link) == (bool(link.owner) and proofs.get(link.owner) == user)
            proven.update({link.owner for link in links if found.is_signed(link)})
            here = self._run(self._harness.linking.proven.of(user, HERE)).accounts
            assert {account: each for account, each in here.items() if each.is_signed} == found.accounts
            of_others = {owner for owner, holder in proofs.items() if holder != user}
            assert not {each.owner for each in here.values() if not each.is_signed} & of_others
            export = self._run(self._harness.export(user))
            assert len(export["links"]) == len(links)
            assert {row["owner"] for row in export["proofs"]} == {o for o, holder in proofs.items() if holder == user}
        assert proven == Counter(proofs.keys())  # each address by one member, and none that nobody sees


def _check(db: Database) -> None:
    """Each question finds what must not be."""
    for wrong, sql in _WRONG.items():
        found = db.execute(sql).fetchall()
        assert not found, f"{wrong}: {found}"


_WRONG = {
    "more accounts than one may have": "SELECT user_id FROM links GROUP BY 1 HAVING count(*) > 10",
    "not one main account": "SELECT user_id FROM links GROUP BY 1 HAVING sum(is_main) <> 1",
    "a proof without an account": """
        SELECT owner FROM proofs WHERE NOT EXISTS
            (SELECT 1 FROM links WHERE links.owner = proofs.owner AND links.user_id = proofs.user_id)
    """,
    "a claim against somebody who does not hold it": """
        SELECT owner FROM contests WHERE NOT EXISTS
            (SELECT 1 FROM proofs WHERE proofs.owner = contests.owner AND proofs.user_id = holder_id)
    """,
    "a claim to what the challenger has not linked": """
        SELECT owner FROM contests WHERE NOT EXISTS
            (SELECT 1 FROM links WHERE links.owner = contests.owner AND links.user_id = challenger_id)
    """,
    "a claim that ends before it started": "SELECT owner FROM contests WHERE ends_at < opened_at",
    "a notification of what is over": "SELECT id FROM notices WHERE until < at",
    "a claim to a frozen address": "SELECT contests.owner FROM contests JOIN frozen ON frozen.owner = contests.owner",
    "a holder whom the freeze of their address does not concern": """
        SELECT proofs.owner FROM proofs JOIN frozen ON frozen.owner = proofs.owner
        WHERE NOT EXISTS (
            SELECT 1 FROM frozen_claims AS f WHERE f.owner = proofs.owner AND f.user_id = proofs.user_id
        )
    """,
    "a proof that is younger than itself": "SELECT owner FROM proofs WHERE first_proven_at > proven_at",
    "a frozen address that concerns nobody": """
        SELECT owner FROM frozen WHERE owner IS NOT NULL AND owner NOT IN (SELECT owner FROM frozen_claims)
    """,
    "a claimant of what is not frozen": """
        SELECT owner FROM frozen_claims WHERE owner NOT IN (SELECT owner FROM frozen WHERE owner IS NOT NULL)
    """,
    "a moderator's word among the proofs": "SELECT owner FROM proofs WHERE method = 'manual' OR guild_id IS NOT NULL",
}

_LINK = "INSERT INTO links (user_id, account, owner, label, is_main, linked_at)"
_LINK_1 = f"{_LINK} VALUES (1, 'loopring:1', OWNER, '', 1, 0)"
_LINK_2 = f"{_LINK} VALUES (2, 'loopring:1', OWNER, '', 1, 0)"
_LINK_3 = f"{_LINK} VALUES (3, 'loopring:1', OWNER, '', 1, 0)"
_PROOF_1 = "INSERT INTO proofs VALUES (OWNER, 1, 'eoa', NULL, NULL, 0, 0)"
_CLAIM_2 = "INSERT INTO contests VALUES (OWNER, 1, 2, 'eoa', x'00', 10, 20, NULL, 10)"
_FROZEN = "INSERT INTO frozen VALUES (x'00', OWNER, 'moves', 0)"
_FROZEN_1 = "INSERT INTO frozen_claims VALUES (OWNER, 1, 'eoa', NULL, 0)"
_FROZEN_2 = "INSERT INTO frozen_claims VALUES (OWNER, 2, 'eoa', NULL, 0)"
_ELEVEN = f"""
    {_LINK}
    SELECT 1, 'loopring:' || value, NULL, '', value = 1, 0
    FROM json_each('[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]')
"""  # noqa: S608 - our own columns
_SPOILT = {
    "more accounts than one may have": [_ELEVEN],
    "not one main account": [f"{_LINK} VALUES (1, 'loopring:1', NULL, '', 0, 0)"],
    "a proof without an account": [_PROOF_1],
    "a claim against somebody who does not hold it": [
        *(_LINK_1, _LINK_2, _LINK_3, _PROOF_1, _CLAIM_2, "UPDATE proofs SET user_id = 3"),
    ],
    "a claim to what the challenger has not linked": [_LINK_1, _PROOF_1, _CLAIM_2],
    "a claim that ends before it started": [_LINK_1, _LINK_2, _PROOF_1, _CLAIM_2, "UPDATE contests SET ends_at = 5"],
    "a moderator's word among the proofs": [
        *(_LINK_1, _PROOF_1, "UPDATE proofs SET method = 'manual', guild_id = 1"),
    ],
    "a claim to a frozen address": [_LINK_1, _LINK_2, _PROOF_1, _CLAIM_2, _FROZEN, _FROZEN_1],
    "a holder whom the freeze of their address does not concern": [_LINK_1, _PROOF_1, _FROZEN, _FROZEN_2],
    "a proof that is younger than itself": [_LINK_1, _PROOF_1, "UPDATE proofs SET first_proven_at = 5"],
    "a frozen address that concerns nobody": [_FROZEN],
    "a claimant of what is not frozen": [_FROZEN_1],
    "a notification of what is over": ["INSERT INTO notices (user_id, news, at, until) VALUES (1, 'won', 10, 5)"],
}


def test_whatever_members_do() -> None:
    machine = Members.TestCase
    machine.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
    machine("runTest").runTest()


@pytest.mark.parametrize("wrong", sorted(_WRONG))
async def test_what_is_wrong_is_found(wrong: str) -> None:
    """Or the test above might pass because its questions find nothing, whatever there is."""
    async with open_linking() as harness:
        await harness.store.writer.transaction(
            lambda db: [db.execute(sql.replace("OWNER", f"'{OWNERS[0]}'")) for sql in _SPOILT[wrong]]
        )
        with pytest.raises(AssertionError, match=wrong):
            await harness.store.writer.run(_check)
