"""The services of linking without a face: people link, sign and claim, and time goes by when a test says so."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.linking import (
    Accounts,
    Linking,
    Notifications,
    privacy,
    upkeep,
)
from bot.linking.contest_rules import policy
from bot.linking.cookie_secrets import hash_secret
from bot.linking.ethereum import Nodes
from bot.linking.outcome import Outcome
from bot.linking.refusal_errors import refusal_error
from bot.linking.signature_verifier import SignatureVerifier
from bot.linking.steps import ProofSetup
from bot.linking.vouching import VOUCH_LIMITS
from bot.links import (
    MAX_LINKS,
    NOWHERE,
    FreezeReason,
    InGuild,
    Link,
    Membership,
    NotificationKind,
    Person,
    ProofKind,
    Scope,
    Vouch,
)
from bot.links.proofs import MAX_TRIES, ProofMethod, Session, VerifiedSignature
from bot.lookup.lookup import Lookup
from bot.names import is_numbered
from bot.sources.source import Source
from bot.store import Store
from bot.store.audit import record
from bot.store.linking.freeze_table import freeze
from bot.store.linking.link_table import LinkOutcome
from bot.store.linking.owner_table import FIRST, OwnerFact
from bot.store.linking.proof_writer import Finished, ProofWriter, Proved
from bot.store.linking.refusal import Refusal, WrongCode
from bot.store.pseudonyms import Pseudonym, pseudonyms
from bot.store.rows import to_account
from sandbox.signing import address_of, sign
from tests.new_store import open_new

ANN, BEN, CLEO, DAN, MOD = range(810_000_000_000_000_401, 810_000_000_000_000_406)
GUILD = 910_000_000_000_000_000
CONTEST = timedelta(hours=24)
JOINED = datetime(2026, 1, 1, tzinfo=UTC)
HERE = InGuild(GUILD, JOINED)
# The longest that two rounds may be apart without being taken for an absence.
A_ROUND = timedelta(minutes=5)
TOKEN = "a token"


def owner_of(key: str) -> str:
    """The address of a key, as the bot writes it."""
    return address_of(key).lower()


@dataclass
class LinkingHarness:
    """The services, and what they work on."""

    store: Store
    lookup: Lookup
    linking: Linking
    proofs: ProofWriter
    pseudonym: Pseudonym
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 25, 10, 0, tzinfo=UTC))
    messages: list[tuple[datetime, int, str]] = field(
        default_factory=list
    )  # direct messages: when, to whom, about what

    @property
    def accounts(self) -> Accounts:
        """Links."""
        return self.linking.accounts

    @property
    def notifications(self) -> Notifications:
        """What members must be notified of."""
        return self.linking.notifications

    async def settle(self) -> int:
        """Contests that are due end; how many those were."""
        return await upkeep.settle(self.store, self.pseudonym, self.now)

    async def purge(self) -> None:
        """What was retained for long enough is forgotten."""
        await upkeep.purge(self.store, self.now)

    async def export(self, user_id: int) -> dict[str, Any]:
        """Somebody runs `/privacy export`."""
        return await privacy.export(self.store, user_id, self.pseudonym, self.now)

    async def delete(self, user_id: int) -> int:
        """Somebody runs `/privacy delete`."""
        return await privacy.delete(self.store, user_id, self.pseudonym, self.now)

    async def finish(self, session: Session, verified: VerifiedSignature) -> Finished:
        """What a signature showed is written down."""
        return await self.proofs.finish(session, verified, self.now, policy(self.now, CONTEST))

    async def take_code(self, session: Session, code: str, *, at: datetime | None = None) -> Finished | WrongCode:
        """A code is typed, as it is compared."""
        now = at or self.now
        terms = policy(now, CONTEST)
        return await self.proofs.take_code(session, hash_secret(code), now, terms, max_tries=MAX_TRIES)

    async def recorded(self, at: datetime, actor: bytes, verb: str, subject: bytes) -> None:
        """Let something have been done before."""
        await self.store.writer.transaction(lambda db: record(db, at, actor, verb, subject))

    def pass_time(self, span: timedelta) -> None:
        """Let time go by, with the bot away."""
        self.now += span

    async def run_for(self, span: timedelta, *, step: timedelta = A_ROUND) -> int:
        """Let time go by with the bot running: its rounds notify and settle; how many contests that ended.

        With a longer `step`, rounds in which nothing could happen are only said to have been there.
        """
        end, moved = self.now + span, await self.round()
        while self.now < end:
            self.now = min(self.now + step, end)
            if step > A_ROUND:
                await self.rows("UPDATE rounds SET at = ?", int(self.now.timestamp()))
            moved += await self.round()
        return moved

    async def round(self, *refusing: int) -> int:
        """One round; who is among `refusing` takes no direct messages. How many contests it ended."""
        for message in await self.notifications.messages():
            refused = message[0].user_id in refusing
            if not refused:
                self.messages.append((self.now, message[0].user_id, message[0].owner))
            for each in message:
                await self.notifications.mark_notified(each, by_message=not refused, refused=refused)
        return await self.settle()

    async def own(self, account: str, owner: str) -> None:
        """Let it be confirmed who owns an account, as if the sources had agreed on it; the first owner stays."""
        its = to_account(account)
        if is_numbered(its.network) and owner:
            await self.store.owners.save(
                OwnerFact(its, owner, ("loopring",), FIRST, is_confirmed=True, seen_at=self.now)
            )

    async def ask(
        self, user_id: int, account: str, owner: str, *, guild_id: int = GUILD, moderator: int = MOD
    ) -> Vouch | None:
        """A moderator vouches for somebody, who has not confirmed yet; None: that is refused."""
        await self.own(account, owner)
        vouch = Vouch(guild_id, user_id, to_account(account), owner, self.now)
        scope = InGuild(guild_id, JOINED)
        asked = await self.store.vouches.ask(vouch, scope, self.pseudonym, moderator, VOUCH_LIMITS)
        return vouch if asked else None

    async def vouch(self, user_id: int, account: str, owner: str, *, guild_id: int = GUILD) -> None:
        """A moderator vouches for somebody, who confirms."""
        vouch = await self.ask(user_id, account, owner, guild_id=guild_id)
        assert vouch, "it is refused"
        await self.linking.vouching.confirm(user_id, InGuild(guild_id, JOINED), vouch.vouch_id)

    def member(self, user_id: int, guild_id: int = GUILD, *, joined: datetime = JOINED) -> Membership:
        """Somebody in a server, as Discord names them."""
        return Membership(user_id, guild_id, joined)

    async def share(self, user_id: int, account: str, guild_id: int = GUILD, *, joined: datetime = JOINED) -> None:
        """Somebody lets others in a server see an account."""
        await self.linking.shares.start(self.member(user_id, guild_id, joined=joined), to_account(account))

    async def add(self, user_id: int, account: str, owner: str) -> None:
        """Somebody links an account; "" where its owner is not known."""
        await self.own(account, owner)
        link = Link(to_account(account), owner, "", is_main=False, linked_at=self.now)
        outcome = await self.store.links.add(user_id, link, limit=MAX_LINKS)
        if outcome is LinkOutcome.LIMIT:
            raise refusal_error(Refusal.LIMIT)

    async def name(self, user_id: int, account: str, key: str) -> None:
        """Somebody links an account of which the owner is known."""
        await self.add(user_id, account, owner_of(key))

    async def prove(
        self, user_id: int, account: str, key: str, *, signer: str = "", owner: str = "", name: str = ""
    ) -> Outcome:
        """Somebody runs `/verify` and signs with a key; `signer` where that speaks for another address, `owner`.

        `name` is what the account was called in the command.
        """
        await self.own(account, owner or owner_of(key))
        link = Link(to_account(account), owner or owner_of(key), "", is_main=False, linked_at=self.now, name=name)
        verification = self.linking.verification
        started = await verification.start_proof(Person(user_id, "somebody"), None, "", link, ProofMethod.PASTE)
        challenge = await verification.challenge(started.session, signer or address_of(key))
        return await verification.submit(
            started.session, challenge.challenge_id, sign(key, challenge.text.encode()).hex()
        )

    async def prove_by_contract(self, user_id: int, account: str, owner: str) -> Proved:
        """Somebody runs `/verify`, and a wallet's contract says that the signature is right."""
        await self.own(account, owner)
        link = Link(to_account(account), owner, "", is_main=False, linked_at=self.now)
        started = await self.linking.verification.start_proof(Person(user_id), None, "", link, ProofMethod.PASTE)
        verified = VerifiedSignature(owner, (account,), ProofKind.CONTRACT, bytes(32))
        finished = await self.finish(started.session, verified)
        if not isinstance(finished, Proved):
            raise refusal_error(finished)
        return finished

    async def freeze(self, owner: str) -> None:
        """An address must be decided about by the operator."""
        owner_hash = self.pseudonym(owner)
        await self.store.writer.transaction(lambda db: freeze(db, owner, owner_hash, FreezeReason.MOVES, self.now))

    async def sign_on_page(self, person: Person, account: str, key: str) -> str:
        """Somebody opens the link of their `/verify` and signs; the code that the page shows."""
        await self.own(account, owner_of(key))
        link = Link(to_account(account), owner_of(key), "", is_main=False, linked_at=self.now)
        verification = self.linking.verification
        started = await verification.start_proof(person, GUILD, "The Mosaic Society", link, ProofMethod.CODE)
        session, _ = await verification.bind_browser(started.url.partition("#t=")[2], "")
        challenge = await verification.challenge(session, address_of(key))
        signature = sign(key, challenge.text.encode()).hex()
        return (await verification.submit(session, challenge.challenge_id, signature)).code

    async def proven(self, user_id: int, scope: Scope = NOWHERE) -> dict[str, ProofKind | None]:
        """What counts as proven for somebody: account → how it was signed for."""
        proven = await self.linking.proven.of(user_id, scope)
        return {str(account): each.kind for account, each in proven.accounts.items()}

    async def listed(self, user_id: int, scope: Scope = NOWHERE) -> dict[str, bool]:
        """What somebody has linked: account → proven."""
        proven = await self.linking.proven.of(user_id, scope)
        return {str(link.account): proven.of(link) is not None for link in await self.store.links.of(user_id)}

    async def pending_kinds(self, user_id: int) -> list[NotificationKind]:
        """The kinds of somebody's pending notifications."""
        return [each.kind for each in await self.notifications.pending(user_id)]

    async def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the store holds."""
        return await self.store.writer.run(lambda db: db.execute(sql, list(values)).fetchall())

    async def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that may matter of links and proofs; what a verification leaves of itself is left out."""
        tables = ("links", "proofs", "contests", "refusals", "notices", "address_events", "frozen", "frozen_claims")
        return {table: await self.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}  # noqa: S608 - names from the line above


@asynccontextmanager
async def open_linking(
    *sources: Source,
    path: Path | None = None,
    nodes: Nodes | None = None,
    factories: Sequence[str] = (),
    token: str = TOKEN,
) -> AsyncIterator[LinkingHarness]:
    """Services over a new store (in memory, or at `path`), sources, and nodes; `token` keys the pseudonyms."""
    store = await open_new(path)
    lookup = Lookup(sources, store, cache_for=timedelta(0))
    harness = make_linking(store, lookup, nodes, factories, token)
    try:
        yield harness
    finally:
        await harness.linking.verification.close()
        await lookup.close()
        await store.close()


def make_linking(
    store: Store,
    lookup: Lookup,
    nodes: Nodes | None = None,
    factories: Sequence[str] = (),
    token: str = TOKEN,
) -> LinkingHarness:
    """Services over what is there."""
    pseudonym = pseudonyms(token)
    harness: LinkingHarness

    def clock() -> datetime:
        return harness.now

    linking = Linking.over(
        store,
        lookup,
        SignatureVerifier(
            nodes, lookup.wallets.counterfactual, factories, knows_wallets=lookup.wallets.can_be_looked_up
        ),
        ProofSetup(ProofMethod.CODE, "https://verify.example.org"),
        pseudonym=pseudonym,
        clock=clock,
        contest_for=CONTEST,
        vouching=True,
    )
    harness = LinkingHarness(store, lookup, linking, ProofWriter(store.writer, pseudonym), pseudonym)
    return harness
