"""One proof from its beginning to its end. Each step looks up where the session stands, and moves it once.

    begin ──token──▶ start ──cookie──▶ come_back (Discord's login) ──▶ challenge ──▶ submit ──▶ linked, contested
                                  without a client secret: ────────────▶                  └──▶ a code ──▶ enter_code
    begin ─────────────── without a public URL: ───────────────────────▶ challenge ──▶ submit

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

from bot.errors import InputError, ProofError, SessionError
from bot.linking import cookie as derived
from bot.linking.claims import Claims
from bot.linking.outcome import Outcome, Outcomes, Result
from bot.linking.proof_methods import ProofMethod
from bot.linking.signature_verifier import SignatureVerifier
from bot.linking.steps import LoginResult, Page, StartedProof
from bot.links import Contest, Link, Person, VerifiedSignature, covers
from bot.pseudonyms import Pseudonym
from bot.signing.challenge import Challenge, new_nonce, site_of
from bot.signing.signature import parse_address, parse_signature
from bot.store import Store
from bot.store.linking.proof_writer import OVER, ProofWriter
from bot.store.linking.session_table import RELAYS, IssuedChallenge, Session

log = logging.getLogger(__name__)

SESSION_FOR = timedelta(minutes=10)
_CHALLENGE_FOR = timedelta(minutes=5)
_CODE_FOR = timedelta(minutes=5)
# Crockford's letters: none of them is taken for another. Eight are 40 bits, for five tries within five minutes.
_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 8
_ANOTHER_CHAIN = (
    "A smart wallet on another chain than Ethereum cannot be proven: somebody else's may have the same address there. "
    "Prove an account of a wallet with a key of its own, or one on Ethereum or Loopring."
)
_MISREAD = str.maketrans("OIL", "011")


class Verification:
    """Proofs under way.

    Args:
        store: Where sessions are.
        claims: Which account and which address a proof is about.
        signers: Judge signatures.
        proving: Writes outcomes.
        page: What `/verify` leads to.
        pseudonym: For the audit.
        clock: The present, aware.
    """

    def __init__(
        self,
        store: Store,
        claims: Claims,
        signers: SignatureVerifier,
        proving: ProofWriter,
        *,
        page: Page,
        pseudonym: Pseudonym,
        clock: Callable[[], datetime],
    ) -> None:
        self.way = page.way
        self.outcomes = Outcomes()
        self._store = store
        self._sessions = store.sessions
        self._claims = claims
        self._signers = signers
        self._proving = proving
        self._login = page.login
        self._public_url = page.public_url
        self._pseudonym = pseudonym
        self._clock = clock
        self._judging: set[asyncio.Task[Outcome]] = set()

    async def close(self) -> None:
        """Let the signatures that are being judged come to their end."""
        await asyncio.gather(*self._judging, return_exceptions=True)

    async def begin(
        self, person: Person, guild_id: int | None, guild_name: str, link: Link | None, way: ProofMethod
    ) -> StartedProof:
        """Begin a proof of an account, or of whichever address will be connected.

        Raises:
            LimitError: too many by this person or in this server; or this person is locked out.
        """
        token, now = derived.new_secret(), self._clock()
        status = "ready" if way is ProofMethod.PASTE else "open"
        account, owner = (str(link.account), link.owner) if link else ("", "")
        session = Session(
            *(secrets.token_urlsafe(12), way.value, status, "", person, guild_id, guild_name, account, owner, 0),
            now + SESSION_FOR,
        )
        actor = self._pseudonym(person.user_id)
        await self._sessions.create(session, derived.hashed(token), now, actor=actor)
        # In the fragment, which no server, proxy or `Referer` ever sees.
        return StartedProof(session, "" if way is ProofMethod.PASTE else f"{self._public_url}/v#t={token}")

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
        if self._login is None or session.status != "bound":
            return ""
        verifier = derived.code_verifier(cookie, session.logins)
        return self._login.authorize_url(derived.login_state(cookie, session.logins), derived.code_challenge(verifier))

    async def finish_login(self, cookie: str, *, state: str, code: str, denied: bool) -> LoginResult:
        """Take what Discord's login sent back with a browser, once.

        The person who logged in must be the one who ran the command. If not, somebody sent their link to somebody
        else: the session ends, both are told, and it is counted against whoever made the link.

        Raises:
            StoreError: the store failed.
        """
        now = self._clock()
        session = await self._sessions.by_cookie(derived.hashed(cookie), now) if cookie else None
        if self._login is None or session is None or session.status != "bound":
            return LoginResult(problem="expired")
        if not derived.same(state, derived.login_state(cookie, session.logins)):
            log.warning("verify: a login came back to a browser that did not begin it")
            return LoginResult(problem="failed")
        if not await self._sessions.take_login(session, now):
            return LoginResult(problem="expired")
        if denied:
            return LoginResult(problem="denied")
        person = await self._login.fetch_person(code, derived.code_verifier(cookie, session.logins))
        if person.user_id != session.person.user_id:
            await self._relayed(session, person, now)
            return LoginResult()
        fresh = derived.new_secret()
        admitted = await self._sessions.admit(session, derived.hashed(fresh), self._clock())
        return LoginResult(cookie=fresh) if admitted else LoginResult(problem="expired")

    async def _relayed(self, session: Session, stranger: Person, now: datetime) -> None:
        actor, subject = self._pseudonym(session.person.user_id), self._pseudonym(stranger.user_id)
        relays = await self._sessions.kill_relayed(session, now, actor=actor, subject=subject)
        log.warning("verify: another user opened the link of %d (%d in a day)", session.person.user_id, relays)
        if relays >= RELAYS:
            log.warning("verify: %d cannot verify for a day", session.person.user_id)
        self.outcomes.tell(session.session_id, Outcome(Result.RELAYED, relays=relays))

    async def cancel(self, session: Session) -> None:
        """End a session by the wish of whoever has it open."""
        await self._sessions.cancel(session)
        self.outcomes.tell(session.session_id, Outcome(Result.CANCELLED))

    async def challenge(self, session: Session, address: str) -> IssuedChallenge:
        """Hand out the text that a connected address is to sign.

        Raises:
            InputError: no address, or one that owns no account here.
            SourceError: who owns the account cannot be found out now.
            SessionError: the session does not wait for that.
            LimitError: this session has had as many texts as one may have.
        """
        if session.status != "ready":
            raise SessionError(OVER)
        signer = parse_address(address)
        session, accounts = await self._claims.of(session, signer)
        owner = session.owner or signer
        now = self._clock()
        domain, uri = site_of(self._public_url) if self._public_url else ("", "")
        text = Challenge(
            domain=domain,
            uri=uri,
            address=signer,
            user_id=session.person.user_id,
            username=session.person.name,
            guild_id=session.guild_id,
            nonce=(nonce := new_nonce(secrets.choice)),
            issued_at=now,
            expires_at=min(now + _CHALLENGE_FOR, session.expires_at),
            request_id=session.session_id,
            wallet="" if signer == owner else owner,
            accounts=accounts,
        )
        written = text.paste_text() if session.way == ProofMethod.PASTE.value else text.sign_in_text()
        issued = IssuedChallenge(*(secrets.token_urlsafe(12), signer, owner, accounts, nonce, written, text.expires_at))
        await self._sessions.issue(session, issued, now)
        return issued

    async def submit(self, session: Session, challenge_id: str, signature: str) -> Outcome:
        """Judge a signature; the text that it is for is used up whatever comes of it.

        Raises:
            SessionError: that text was used, is over, or another session's.
            InputError: no signature; or the address may not be contested by this person.
            ProofError: it proves nothing.
            UndecidedError: that cannot be told now.
            LimitError: the person has as many accounts as one may have.
        """
        # Once it has begun it comes to its end, whoever goes away meanwhile: a link that nobody hears of is no use.
        judging = asyncio.create_task(self._judge(session, challenge_id, signature), name="judge a signature")
        self._judging.add(judging)
        judging.add_done_callback(self._judging.discard)
        return await asyncio.shield(judging)

    async def _judge(self, session: Session, challenge_id: str, signature: str) -> Outcome:
        issued = await self._sessions.consume(session, challenge_id, self._clock())
        if issued is None:
            raise SessionError(OVER)
        method = await self._signers.judge(
            issued.text, parse_signature(signature), signer=issued.signer, owner=issued.owner
        )
        if not all(covers(method, account) for account in issued.accounts):
            raise ProofError(_ANOTHER_CHAIN)
        text_hash = hashlib.sha256(issued.text.encode()).digest()
        proven = VerifiedSignature(issued.owner, issued.accounts, method, text_hash)
        if session.way == ProofMethod.CODE.value:
            return await self._ask_for_code(session, proven)
        held = {each.owner for each in await self._store.contests.held_by(session.person.user_id)}
        contest = await self._proving.finish(session, proven, self._clock())
        return self._tell(session, proven, contest, was_contested=proven.owner in held)

    async def _ask_for_code(self, session: Session, proven: VerifiedSignature) -> Outcome:
        code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
        now = self._clock()
        await self._proving.put_code(session, proven, derived.hashed(code), now, now + _CODE_FOR)
        shown = f"{code[:4]}-{code[4:]}"
        return Outcome(Result.SIGNED, proven.owner, proven.accounts, now + _CODE_FOR, code=shown)

    async def enter_code(self, user_id: int, typed: str) -> Outcome:
        """Link what the page of this person's own link proved.

        Raises:
            InputError: wrong code, or the address may not be contested by this person.
            SessionError: this person has nothing to type a code for.
            LimitError: the person has as many accounts as one may have.
        """
        code = "".join(typed.upper().translate(_MISREAD).split()).replace("-", "")
        now = self._clock()
        session = await self._sessions.of_user(user_id, ProofMethod.CODE.value, now)
        if session is None or session.status != "signed":
            raise SessionError("There is nothing to type a code for. Open your link first, and sign there.")
        if len(code) != _CODE_LENGTH or not set(code) <= set(_CODE_LETTERS):
            raise InputError(f"A code has {_CODE_LENGTH} letters and digits, as the page shows them: ABCD-2345.")
        held = {each.owner for each in await self._store.contests.held_by(user_id)}
        proven, contest = await self._proving.take_code(session, derived.hashed(code), now)
        return self._tell(session, proven, contest, was_contested=proven.owner in held)

    def _tell(
        self, session: Session, proven: VerifiedSignature, contest: Contest | None, *, was_contested: bool
    ) -> Outcome:
        ending = Result.CONTESTED if contest else Result.KEPT if was_contested else Result.LINKED
        outcome = Outcome(ending, proven.owner, proven.accounts, contest.ends_at if contest else None)
        self.outcomes.tell(session.session_id, outcome)
        return outcome
