"""One proof from start to end. Each step reads the status of the session, and changes it once.

    start_proof ──token──▶ bind_browser ──cookie──▶ finish_login ──▶ challenge ──▶ submit ──▶ linked, contested
                                  with login = "code": ─────▶                  └──▶ a code ──▶ enter_code
    start_proof ────────── without a public URL: ──────────────────▶ challenge ──▶ submit

Unknown, used and expired look alike (`SessionError`). A text is used up before its signature is verified, so a
wrong signature costs a new text, and nobody can try two with one text.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.errors import ProofError, SessionError
from bot.linking import codes, cookie_secrets
from bot.linking.browsers import Browsers
from bot.linking.claims import Claims
from bot.linking.contest_rules import policy
from bot.linking.issuing import new_challenge
from bot.linking.outcome import Outcome, Outcomes, Result
from bot.linking.refusal_errors import ANOTHER_CHAIN, SESSION_OVER, refusal_error
from bot.linking.signature_verifier import SignatureVerifier
from bot.linking.start_limits import START_LIMITS, start_error
from bot.linking.steps import LoginResult, ProofSetup, StartedProof, outcome_of
from bot.links import Link, Person, covers
from bot.links.proofs import (
    MAX_CHALLENGES,
    MAX_RELAYS,
    MAX_TRIES,
    RELAY_SPAN,
    IssuedChallenge,
    ProofMethod,
    Session,
    SessionStatus,
    VerifiedSignature,
    initial_status,
)
from bot.messages import Message
from bot.signing.pasted import parse_signature
from bot.signing.signature import parse_address
from bot.store import Store
from bot.store.linking.proof_writer import Finished, ProofWriter, Proved
from bot.store.linking.refusal import WrongCode
from bot.store.pseudonyms import Pseudonym

log = logging.getLogger(__name__)

_NO_CODE_EXPECTED = Message("There is nothing to type a code for. Open your link first, and sign there.")

SESSION_LIFETIME = timedelta(minutes=10)


class Verification:
    """Proofs in progress.

    Args:
        store: Holds the sessions.
        claims: Which account and which address a proof is about.
        signatures: Verifies signatures.
        setup: How members prove here.
        pseudonym: Makes the keyed hashes of the audit log.
        clock: Returns the present as an aware datetime.
        contest_for: How long the holder of an address that another member proves may sign again.
    """

    def __init__(
        self,
        store: Store,
        claims: Claims,
        signatures: SignatureVerifier,
        *,
        setup: ProofSetup,
        pseudonym: Pseudonym,
        clock: Callable[[], datetime],
        contest_for: timedelta,
    ) -> None:
        self.method = setup.method
        self.outcomes = Outcomes()
        self.browsers = Browsers(store, clock, pseudonym)
        self._store = store
        self._sessions = store.sessions
        self._claims = claims
        self._signatures = signatures
        self._proofs = ProofWriter(store.writer, pseudonym)
        self._login = setup.login
        self._public_url = setup.public_url
        self._pseudonym = pseudonym
        self._clock = clock
        self._contest_for = contest_for
        self._verifying: set[asyncio.Task[Outcome]] = set()

    async def close(self) -> None:
        """Wait for the signatures that are being verified."""
        await asyncio.gather(*self._verifying, return_exceptions=True)

    async def start_proof(
        self, person: Person, guild_id: int | None, guild_name: str, link: Link | None, method: ProofMethod
    ) -> StartedProof:
        """Start a proof of an account; without one, of the account of the address that will be connected.

        Raises:
            LimitError: too many by this person or in this server; or this person may not start one for a day.
        """
        token, now = cookie_secrets.new_secret(), self._clock()
        session = Session(
            session_id=secrets.token_urlsafe(12),
            method=method,
            status=initial_status(method),
            person=person,
            expires_at=now + SESSION_LIFETIME,
            guild_id=guild_id,
            guild_name=guild_name,
            account=str(link.account) if link else "",
            owner=link.owner if link else "",
            name=link.name if link else "",
        )
        actor = self._pseudonym(person.user_id)
        refused = await self._sessions.create(
            session, cookie_secrets.hash_secret(token), now, actor=actor, limits=START_LIMITS
        )
        if refused:
            raise start_error(refused, now)
        # In the fragment, which no server, proxy or `Referer` ever sees.
        return StartedProof(session, "" if method is ProofMethod.PASTE else f"{self._public_url}/v#t={token}")

    async def bind_browser(self, token: str, cookie: str) -> tuple[Session, str]:
        """Bind a session to the first browser that opens its link, and let others wait; the session, and their cookie.

        Args:
            token: Of the link.
            cookie: That the browser has already, "" for none: it may open the same link more than once.

        Raises:
            SessionError: unknown, used or expired.
        """
        return await self.browsers.bind(token, cookie)

    async def session(self, cookie: str) -> Session:
        """The session that is bound to a browser, in any status.

        Raises:
            SessionError: unknown or expired.
        """
        return await self.browsers.bound(cookie)

    async def contested_until(self, session: Session) -> datetime | None:
        """When the contest that a session opened ends; None where it opened none, or it has ended."""
        opened = await self._store.contests.opened_by(session.person.user_id)
        return next((contest.ends_at for contest in opened if contest.owner == session.owner), None)

    def authorize_url(self, session: Session, cookie: str) -> str:
        """The URL where a browser logs in; "" where its session does not wait for a login."""
        if self._login is None or session.status is not SessionStatus.BOUND:
            return ""
        verifier = cookie_secrets.pkce_verifier(cookie, session.logins)
        return self._login.authorize_url(
            cookie_secrets.oauth_state(cookie, session.logins), cookie_secrets.pkce_challenge(verifier)
        )

    async def finish_login(self, cookie: str, *, state: str, code: str, denied: bool) -> LoginResult:
        """Handle the OAuth callback of Discord's login (single use).

        The person who logged in must be the one who ran the command. If not, the link was passed on:
        the session ends, both are notified, and it is counted against the person who made the link. If that person has
        logged in already, the session is theirs: it goes on, and only the browser of the other one is refused.

        Raises:
            StoreError: the store failed.
        """
        now = self._clock()
        visit = await self.browsers.visit(cookie)
        if self._login is None or visit is None or visit.session.status is not SessionStatus.BOUND:
            return LoginResult(problem="expired")
        session = visit.session
        if not cookie_secrets.secrets_match(state, cookie_secrets.oauth_state(cookie, session.logins)):
            log.warning("verify: a login callback reached a browser that did not start it")
            return LoginResult(problem="failed")
        if not await visit.use_login():
            return LoginResult(problem="expired")
        if denied:
            return LoginResult(problem="denied")
        person = await self._login.fetch_person(code, cookie_secrets.pkce_verifier(cookie, session.logins))
        if person.user_id != session.person.user_id:
            await self._end_relayed(session, person, now)
            await visit.refuse_login()
            return LoginResult()
        fresh = cookie_secrets.new_secret()
        accepted = await visit.accept_login(fresh)
        return LoginResult(cookie=fresh) if accepted else LoginResult(problem="expired")

    async def _end_relayed(self, session: Session, stranger: Person, now: datetime) -> None:
        actor, subject = self._pseudonym(session.person.user_id), self._pseudonym(stranger.user_id)
        relays = await self._sessions.end_relayed(session, now, actor=actor, subject=subject, span=RELAY_SPAN)
        if relays is None:
            return
        log.warning("verify: another user opened the link of %s (%d in a day)", actor.hex(), relays)
        if relays >= MAX_RELAYS:
            log.warning("verify: %s cannot verify for a day", actor.hex())
        self.outcomes.publish(session.session_id, Outcome(Result.RELAYED, relays=relays))

    async def cancel(self, session: Session) -> None:
        """End a session at the request of the person who has it open."""
        if await self._sessions.cancel(session):
            self.outcomes.publish(session.session_id, Outcome(Result.CANCELLED))

    async def challenge(self, session: Session, address: str) -> IssuedChallenge:
        """Issue the text that a connected address is to sign.

        Raises:
            InputError: not an address, or one that owns no account here; or nobody can sign for the account.
            SourceError: who owns the account cannot be found out now.
            SessionError: the session does not wait for a signature, or ended while sources were asked.
            LimitError: this session has used up its texts.
        """
        if session.status is not SessionStatus.READY:
            raise SessionError(SESSION_OVER)
        signer = parse_address(address)
        session, accounts = await self._claims.of(session, signer)
        now = self._clock()  # sources may have taken long
        if now >= session.expires_at:
            raise SessionError(SESSION_OVER)
        challenge = new_challenge(session, signer, accounts, now, self._public_url)
        if refused := await self._sessions.issue(session, challenge, now, limit=MAX_CHALLENGES):
            raise refusal_error(refused)
        return challenge

    async def is_open(self, session: Session) -> bool:
        """Whether a session still waits for a pasted signature: not used, not replaced, and in time."""
        current = await self._sessions.of_user(session.person.user_id, ProofMethod.PASTE, self._clock())
        return current is not None and current.session_id == session.session_id

    async def submit(self, session: Session, challenge_id: str, signature: str) -> Outcome:
        """Verify a signature; its text is used up whatever the result.

        Raises:
            SessionError: that text was used, has expired, or belongs to another session.
            InputError: not a signature; or this person may not contest the address.
            ProofError: it does not prove the address.
            UndecidedError: that cannot be found out now.
            LimitError: the person has the maximum number of accounts.
        """
        # Once started it is finished even if the browser goes away: else a link could be made and never reported.
        verifying = asyncio.create_task(self._verify(session, challenge_id, signature), name="verify a signature")
        self._verifying.add(verifying)
        verifying.add_done_callback(self._verifying.discard)
        return await asyncio.shield(verifying)

    async def _verify(self, session: Session, challenge_id: str, signature: str) -> Outcome:
        challenge = await self._sessions.consume(session, challenge_id, self._clock())
        if challenge is None:
            raise SessionError(SESSION_OVER)
        user_id = session.person.user_id
        kind = await self._signatures.verify(
            challenge.text, parse_signature(signature), signer=challenge.signer, owner=challenge.owner, user_id=user_id
        )
        if not all(covers(kind, account) for account in challenge.accounts):
            raise ProofError(ANOTHER_CHAIN)
        text_hash = hashlib.sha256(challenge.text.encode()).digest()
        verified = VerifiedSignature(challenge.owner, challenge.accounts, kind, text_hash)
        now = self._clock()
        if session.method is ProofMethod.CODE:
            return await self._ask_for_code(session, verified, now)
        finished = await self._proofs.finish(session, verified, now, policy(now, self._contest_for))
        return self._publish(session, finished, now)

    async def _ask_for_code(self, session: Session, verified: VerifiedSignature, now: datetime) -> Outcome:
        code, until = codes.new_code(), now + codes.CODE_LIFETIME
        if not await self._proofs.put_code(session, verified, cookie_secrets.hash_secret(code), now, until):
            raise SessionError(SESSION_OVER)
        return Outcome(Result.SIGNED, verified.owner, verified.accounts, until, code=codes.format_code(code))

    async def enter_code(self, user_id: int, typed: str) -> Outcome:
        """Link what was signed on the page, by the code that it showed.

        Raises:
            InputError: wrong code, or this person may not contest the address.
            SessionError: no session of this person waits for a code.
            LimitError: the person has the maximum number of accounts.
        """
        now = self._clock()
        session = await self._sessions.of_user(user_id, ProofMethod.CODE, now)
        if session is None or session.status is not SessionStatus.SIGNED:
            raise SessionError(_NO_CODE_EXPECTED)
        code_hash, terms = cookie_secrets.hash_secret(codes.parse_code(typed)), policy(now, self._contest_for)
        finished = await self._proofs.take_code(session, code_hash, now, terms, max_tries=MAX_TRIES)
        return self._publish(session, finished, now)

    def _publish(self, session: Session, finished: Finished | WrongCode, now: datetime) -> Outcome:
        """Pass the outcome of a proof to the command that waits for it, and return it; a refusal is raised."""
        if not isinstance(finished, Proved):
            raise refusal_error(finished)
        outcome = outcome_of(finished, now)
        self.outcomes.publish(session.session_id, outcome)
        return outcome
