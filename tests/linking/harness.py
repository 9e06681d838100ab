"""The services of linking without a face: people link, sign and claim, and time goes by when it is told to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.linking import Accounts, Contests, Linking, Privacy, Verification
from bot.linking.claims import Claims
from bot.linking.ethereum import Nodes
from bot.linking.outcome import Outcome
from bot.linking.proof_methods import ProofMethod
from bot.linking.signature_verifier import SignatureVerifier
from bot.linking.steps import Page
from bot.links import Link, NotificationKind, Person
from bot.lookup.lookup import Lookup
from bot.pseudonyms import Pseudonym, pseudonyms
from bot.sources.source import Source
from bot.store import Store
from bot.store.audit import note
from bot.store.linking.proof_writer import ProofWriter
from bot.store.rows import to_account
from sandbox.signing import address_of, sign

ANN, BEN, CLEO, DAN, MOD = range(810_000_000_000_000_401, 810_000_000_000_000_406)
GUILD = 910_000_000_000_000_000
CONTEST = timedelta(hours=24)
# The longest that two rounds may be apart without being taken for an absence.
A_ROUND = timedelta(minutes=5)


def owner_of(key: str) -> str:
    """The address of a key, as the bot writes it."""
    return address_of(key).lower()


@dataclass
class LinkingHarness:
    """The services, and what they work on."""

    store: Store
    lookup: Lookup
    linking: Linking
    proving: ProofWriter
    pseudonym: Pseudonym
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 25, 10, 0, tzinfo=UTC))

    @property
    def accounts(self) -> Accounts:
        """Links."""
        return self.linking.accounts

    @property
    def contests(self) -> Contests:
        """Claims."""
        return self.linking.contests

    @property
    def privacy(self) -> Privacy:
        """What is known of members."""
        return self.linking.privacy

    async def noted(self, at: datetime, actor: bytes, verb: str, subject: bytes) -> None:
        """Let something have been done before."""
        await self.store.writer.transaction(lambda db: note(db, at, actor, verb, subject))

    def pass_time(self, span: timedelta) -> None:
        """Let time go by, with the bot away."""
        self.now += span

    async def run_for(self, span: timedelta) -> int:
        """Let time go by with the bot running: its rounds tell everybody, and settle; how many contests that ended."""
        end, moved = self.now + span, await self.round()
        while self.now < end:
            self.now = min(self.now + A_ROUND, end)
            moved += await self.round()
        return moved

    async def round(self, *refusing: int) -> int:
        """One round; who is among `refusing` takes no direct messages. How many contests it ended."""
        for notice in await self.contests.notices():
            if not notice.tried:
                await self.contests.told(notice, refused=notice.user_id in refusing)
        return await self.contests.settle()

    async def vouch(self, user_id: int, account: str, owner: str, *, guild_id: int = GUILD) -> None:
        """A moderator links an account to somebody."""
        actor, subject = self.pseudonym(MOD), self.pseudonym(user_id)
        links, named = self.store.links, to_account(account)
        await links.prove_manually(user_id, named, owner, self.now, guild_id, actor=actor, subject=subject)

    async def name(self, user_id: int, account: str, key: str) -> None:
        """Somebody links an account of which the owner is known."""
        await self.store.links.add(user_id, to_account(account), owner_of(key), self.now)

    async def prove(self, user_id: int, account: str, key: str, *, signer: str = "", owner: str = "") -> Outcome:
        """Somebody runs `/verify` and signs with a key; `signer` where that speaks for another address, `owner`."""
        link = Link(to_account(account), owner or owner_of(key), "", is_main=False, linked_at=self.now)
        verification = self.linking.verification
        begun = await verification.begin(Person(user_id, "somebody"), None, "", link, ProofMethod.PASTE)
        issued = await verification.challenge(begun.session, signer or address_of(key))
        return await verification.submit(begun.session, issued.challenge_id, sign(key, issued.text.encode()).hex())

    async def sign_on_page(self, person: Person, account: str, key: str) -> str:
        """Somebody opens the link of their `/verify` and signs; the code that the page shows."""
        link = Link(to_account(account), owner_of(key), "", is_main=False, linked_at=self.now)
        verification = self.linking.verification
        begun = await verification.begin(person, GUILD, "The Mosaic Society", link, ProofMethod.CODE)
        session, _ = await verification.start(begun.url.partition("#t=")[2], "")
        issued = await verification.challenge(session, address_of(key))
        signature = sign(key, issued.text.encode()).hex()
        return (await verification.submit(session, issued.challenge_id, signature)).code

    async def listed(self, user_id: int) -> dict[str, bool]:
        """What somebody has linked: account → proven."""
        return {str(link.account): link.proven for link in await self.accounts.of(user_id)}

    async def news(self, user_id: int) -> list[NotificationKind]:
        """What somebody has to be told."""
        return [notice.news for notice in await self.contests.notices(user_id)]

    async def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the store holds."""
        return await self.store.writer.run(lambda db: db.execute(sql, list(values)).fetchall())

    async def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that may matter of links and proofs; what a verification leaves of itself is left out."""
        tables = ("links", "proofs", "contests", "refusals", "notices")
        return {table: await self.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}  # noqa: S608 - names from the line above


@asynccontextmanager
async def open_linking(
    *sources: Source,
    path: Path | None = None,
    nodes: Nodes | None = None,
    factories: Sequence[str] = (),
) -> AsyncIterator[LinkingHarness]:
    """Services over a new store (in memory, or at `path`), sources, and nodes."""
    store = await Store.open(path)
    lookup = Lookup(sources, store, cache_for=timedelta(0))
    harness = make_linking(store, lookup, nodes, factories)
    try:
        yield harness
    finally:
        await harness.linking.verification.close()
        await lookup.close()
        await store.close()


def make_linking(
    store: Store, lookup: Lookup, nodes: Nodes | None = None, factories: Sequence[str] = ()
) -> LinkingHarness:
    """Services over what is there."""
    pseudonym = pseudonyms("a token")
    proving = ProofWriter(store.writer, pseudonym, CONTEST)
    harness: LinkingHarness

    def clock() -> datetime:
        return harness.now

    verification = Verification(
        store,
        Claims(store, lookup),
        SignatureVerifier(nodes, lookup.counterfactual, factories, knows_wallets=lookup.knows_wallets),
        proving,
        page=Page(ProofMethod.CODE, "https://verify.example.org"),
        pseudonym=pseudonym,
        clock=clock,
    )
    linking = Linking(
        Accounts(store, lookup, pseudonym, clock),
        verification,
        Contests(store, clock, CONTEST),
        Privacy(store, pseudonym, clock),
    )
    harness = LinkingHarness(store, lookup, linking, proving, pseudonym)
    return harness
