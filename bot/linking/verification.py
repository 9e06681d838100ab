"""One proof from its beginning to its end. Each step looks up where the session stands, and moves it once.

    begin ──token──▶ start ──cookie──▶ finish_login ──▶ challenge ──▶ submit ──▶ linked, contested
                           without a client secret: ──▶                  └──▶ a code ──▶ enter_code
    begin ────────── without a public URL: ───────────▶ challenge ──▶ submit

Unknown, used and expired look alike (`SessionError`). A text is taken back before its signature is looked at, so that
a wrong one costs its sender a new text, and nobody can try two.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.errors import LimitError, ProofError, SessionError
from bot.linking import codes
from bot.linking import cookie as derived
from bot.linking.claims import Claims
from bot.linking.contest_rules import policy
from bot.linking.issuing import new_challenge
from bot.linking.outcome import Outcome, Outcomes, Result
from bot.linking.refusal_errors import OVER, refusal_error
from bot.linking.signature_verifier import SignatureVerifier
from bot.linking.start_limits import START_LIMITS, start_error
from bot.linking.steps import LoginResult, Page, StartedProof
from bot.links import Link, Person, covers
from bot.messages import Message
from bot.proofs import (
    MOST_CHALLENGES,
    MOST_RELAYS,
    MOST_TRIES,
    RELAY_SPAN,
    IssuedChallenge,
    ProofMethod,
    Session,
    SessionStatus,
    VerifiedSignature,
    first_status,
)
from bot.signing.signature import parse_address, parse_signature
from bot.store import Store
from bot.store.linking.proof_writer import Finished, ProofWriter, Proved
from bot.store.linking.refusal import WrongCode
from bot.store.pseudonyms import Pseudonym

log = logging.getLogger(__name__)

_TOO_MANY_TRIES = Message("Too many tries with this link. Run `/verify` in Discord for a new one.")
_NO_CODE_EXPECTED = Message("There is nothing to type a code for. Open your link first, and sign there.")

SESSION_FOR = timedelta(minutes=10)
_ANOTHER_CHAIN = Message(
    "A smart wallet on another chain than Ethereum cannot be proven: somebody else's may have the same address "
    "there. Prove an account of a wallet with a key of its own, or one on Ethereum or Loopring."
)


class Verification:
    """Proofs under way.

    Args:
        store: Where sessions are.
        claims: Which account and which address a proof is about.
        signatures: Verifies signatures.
        page: What `/verify` leads to.
        pseudonym: For the audit.
        clock: The present, aware.
        contest_for: How long the holder of an address that another member proves may sign again.
    """

    def __init__(
        self,
        store: Store,
        claims: Claims,
        signatures: SignatureVerifier,
        *,
        page: Page,
        pseudonym: Pseudonym,
        clock: Callable[[], datetime],
        contest_for: timedelta,
    ) -> None:
        self.method = page.method
        self.outcomes = Outcomes()
        self._store = store
        self._sessions = store.sessions
        self._claims = claims
        self._signatures = signatures
        self._proofs = ProofWriter(store.writer, pseudonym)
        self._login = page.login
        self._public_url = page.public_url
        self._pseudonym = pseudonym
        self._clock = clock
        self._contest_for = contest_for
        self._verifying: set[asyncio.Task[Outcome]] = set()

    async def close(self) -> None:
        """Let the signatures that are being verified come to their end."""
        await asyncio.gather(*self._verifying, return_exceptions=True)

    async def begin(
        self, person: Person, guild_id: int | None, guild_name: str, link: Link | None, method: ProofMethod
    ) -> StartedProof:
        """Start a proof of an account, or of the account of whatever address will be connected.

        Raises:
            LimitError: too many by this person or in this server; or this person is locked out.
        """
        token, now = derived.new_secret(), self._clock()
        session = Session(
            session_id=secrets.token_urlsafe(12),
            method=method,
            status=first_status(method),
            person=person,
            expires_at=now + SESSION_FOR,
            guild_id=guild_id,
            guild_name=guild_name,
            account=str(link.account) if link else "",
            owner=link.owner if link else "",
        )
        actor = self._pseudonym(person.user_id)
        refused = await self._sessions.create(session, derived.hashed(token), now, actor=actor, limits=START_LIMITS)
        if refused:
            raise start_error(refused, now)
        # In the fragment, which no server, proxy or `Referer` ever sees.
        return StartedProof(session, "" if method is ProofMethod.PASTE else f"{self._public_url}/v#t={token}")

    async def start(self, token: str, cookie: str) -> tuple[Session, str]:
        """Bind a session to the browser that brings its token first; the session, and that browser's cookie.

        Args:
            token: Of the link.
            cookie: What the browser holds already, "" for nothing: the same one may come again with the same token.

        Raises:
            SessionError: unknown, used or expired.
        """
        now = self._clock()
        if cookie and (again := await self._sessions.by_token(derived.hashed(token), derived.hashed(cookie), now)):
            return again, cookie
        fresh = derived.new_secret()
        session = await self._sessions.bind(derived.hashed(token), derived.hashed(fresh), now)
        if session is None:
            raise SessionError(OVER)
        return session, fresh

    async def session(self, cookie: str) -> Session:
        """The session of a browser, however far it is.

        Raises:
            SessionError: unknown or expired.
        """
        session = await self._sessions.by_cookie(derived.hashed(cookie), self._clock()) if cookie else None
        if session is None:
            raise SessionError(OVER)
        return session

    async def contested_until(self, session: Session) -> datetime | None:
        """When the contest that a session opened ends; None where it opened none, or that one has ended."""
        opened = await self._store.contests.opened_by(session.person.user_id)
        return next((contest.ends_at for contest in opened if contest.owner == session.owner), None)

    def authorize_url(self, session: Session, cookie: str) -> str:
        """Where a browser goes to log in; "" where its session does not wait for that."""
        if self._login is None or session.status is not SessionStatus.BOUND:
            return ""
        verifier = derived.code_verifier(cookie, session.logins)
        return self._login.authorize_url(derived.login_state(cookie, session.logins), derived.code_challenge(verifier))

    async def finish_login(self, cookie: str, *, state: str, code: str, denied: bool) -> LoginResult:
        """Handle the OAuth callback of Discord's login (single use).

        The person who logged in must be the one who ran the command. If not, somebody sent their link to somebody
        else: the session ends, both are notified, and it is counted against the person who made the link.

        Raises:
            StoreError: the store failed.
        """
        now = self._clock()
        session = await self._sessions.by_cookie(derived.hashed(cookie), now) if cookie else None
        if self._login is None or session is None or session.status is not SessionStatus.BOUND:
            return LoginResult(problem="expired")
        if not derived.same(state, derived.login_state(cookie, session.logins)):
            log.warning("verify: a login came back to a browser that did not begin it")
            return LoginResult(problem="failed")
        if not await self._sessions.use_login(session, now):
            return LoginResult(problem="expired")
        if denied:
            return LoginResult(problem="denied")
        person = await self._login.fetch_person(code, derived.code_verifier(cookie, session.logins))
        if person.user_id != session.person.user_id:
            await self._end_relayed(session, person, now)
            return LoginResult()
        fresh = derived.new_secret()
        accepted = await self._sessions.accept_login(session, derived.hashed(fresh), self._clock())
        return LoginResult(cookie=fresh) if accepted else LoginResult(problem="expired")

    async def _end_relayed(self, session: Session, stranger: Person, now: datetime) -> None:
        actor, subject = self._pseudonym(session.person.user_id), self._pseudonym(stranger.user_id)
        relays = await self._sessions.end_relayed(session, now, actor=actor, subject=subject, span=RELAY_SPAN)
        log.warning("verify: another user opened the link of %d (%d in a day)", session.person.user_id, relays)
        if relays >= MOST_RELAYS:
            log.warning("verify: %d cannot verify for a day", session.person.user_id)
        self.outcomes.publish(session.session_id, Outcome(Result.RELAYED, relays=relays))

    async def cancel(self, session: Session) -> None:
        """End a session by the wish of the person who has it open."""
        await self._sessions.cancel(session)
        self.outcomes.publish(session.session_id, Outcome(Result.CANCELLED))

    async def challenge(self, session: Session, address: str) -> IssuedChallenge:
        """Hand out the text that a connected address is to sign.

        Raises:
            InputError: no address, or one that owns no account here.
            SourceError: who owns the account cannot be found out now.
            SessionError: the session does not wait for that.
            LimitError: this session has had as many texts as one may have.
        """
        if session.status is not SessionStatus.READY:
            raise SessionError(OVER)
        signer = parse_address(address)
        session, accounts = await self._claims.of(session, signer)
        now = self._clock()
        challenge = new_challenge(session, signer, accounts, now, self._public_url)
        if not await self._sessions.issue(session, challenge, now, most=MOST_CHALLENGES):
            raise LimitError(_TOO_MANY_TRIES)
        return challenge

    async def submit(self, session: Session, challenge_id: str, signature: str) -> Outcome:
        """Verify a signature; the text that it is for is used up whatever comes of it.

        Raises:
            SessionError: that text was used, is over, or another session's.
            InputError: no signature; or the address may not be contested by this person.
            ProofError: it proves nothing.
            UndecidedError: that cannot be found out now.
            LimitError: the person has as many accounts as one may have.
        """
        # Once started it comes to its end, although its sender goes away: a link that nobody hears of is no use.
        verifying = asyncio.create_task(self._verify(session, challenge_id, signature), name="verify a signature")
        self._verifying.add(verifying)
        verifying.add_done_callback(self._verifying.discard)
        return await asyncio.shield(verifying)

    async def _verify(self, session: Session, challenge_id: str, signature: str) -> Outcome:
        challenge = await self._sessions.consume(session, challenge_id, self._clock())
        if challenge is None:
            raise SessionError(OVER)
        kind = await self._signatures.verify(
            challenge.text, parse_signature(signature), signer=challenge.signer, owner=challenge.owner
        )
        if not all(covers(kind, account) for account in challenge.accounts):
            raise ProofError(_ANOTHER_CHAIN)
        text_hash = hashlib.sha256(challenge.text.encode()).digest()
        verified = VerifiedSignature(challenge.owner, challenge.accounts, kind, text_hash)
        now = self._clock()
        if session.method is ProofMethod.CODE:
            return await self._ask_for_code(session, verified, now)
        finished = await self._proofs.finish(session, verified, now, policy(now, self._contest_for))
        return self._publish(session, finished)

    async def _ask_for_code(self, session: Session, verified: VerifiedSignature, now: datetime) -> Outcome:
        code, until = codes.new_code(), now + codes.CODE_FOR
        if not await self._proofs.put_code(session, verified, derived.hashed(code), now, until):
            raise SessionError(OVER)
        return Outcome(Result.SIGNED, verified.owner, verified.accounts, until, code=codes.shown(code))

    async def enter_code(self, user_id: int, typed: str) -> Outcome:
        """Link what the page of this person's own link proved.

        Raises:
            InputError: wrong code, or the address may not be contested by this person.
            SessionError: this person has nothing to type a code for.
            LimitError: the person has as many accounts as one may have.
        """
        now = self._clock()
        session = await self._sessions.of_user(user_id, ProofMethod.CODE, now)
        if session is None or session.status is not SessionStatus.SIGNED:
            raise SessionError(_NO_CODE_EXPECTED)
        code_hash, terms = derived.hashed(codes.parse_code(typed)), policy(now, self._contest_for)
        return self._publish(
            session, await self._proofs.take_code(session, code_hash, now, terms, most_tries=MOST_TRIES)
        )

    def _publish(self, session: Session, finished: Finished | WrongCode) -> Outcome:
        """Hand what became of a proof to who waits for it, and return it; what was refused is raised."""
        if not isinstance(finished, Proved):
            raise refusal_error(finished)
        contest = finished.contest
        result = Result.CONTESTED if contest else Result.KEPT if finished.was_contested else Result.LINKED
        verified = finished.verified
        outcome = Outcome(result, verified.owner, verified.accounts, contest.ends_at if contest else None)
        self.outcomes.publish(session.session_id, outcome)
        return outcome
