"""Linking accounts to members, and proving that they are theirs. Depends on no Discord client and no web server.

    accounts            what a member named: link, find, label, main one, unlink; objecting to a claim
    shares              which accounts others in a server may see, and until when
    vouching            what a server's moderators vouch for, and what counts as proven in that server
    claims              which account and which address a proof is about: sources are asked, never a browser
    browsers            which browser a session is in, and how another one takes it up
    cookie_secrets      values derived from one browser's cookie: OAuth's state, PKCE, the CSRF header
    issuing             creates the text to be signed
    codes               what the page shows and the member types in Discord
    steps               the inputs and results of the steps of a proof
    outcome             the result of a proof, passed on to the message in Discord that waits for it
    proof_methods       which proofs this installation can offer, and what the others lack
    verification        one proof from start to end: token, browser, login, text, signature
    signature_verifier  whether a signature is valid for an address: keys, contracts, wallets not yet deployed
    contract_signatures asks smart wallets about signatures, deployed or not
    ethereum            calls of contracts, at nodes that have to agree
    node_answers        what a node answered: bytes, a contract's no in any node's words, or the node's own fault
    contest_rules       two members, one address: what a signature leads to, and how long anything lasts
    notifications       what members must be notified of
    privacy             exports and deletes a member's data
    upkeep              ends contests that are due, and deletes old records
    refusal_errors      the store's refusals as errors with a message
    start_limits        how often proofs may be started, and the words for it

The protocol and its attacks: a person who is tricked into opening somebody else's link must not give anything away.
So a page is bound to one browser by a cookie, the person in that browser logs in to Discord, and is compared with the
one who ran the command; so is one who goes on in another browser, where the same login binds it; the text to be signed
names that person; and what may happen once happens once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.linking.accounts import Accounts
from bot.linking.claims import Claims
from bot.linking.notifications import Notifications
from bot.linking.shares import Shares
from bot.linking.signature_verifier import SignatureVerifier
from bot.linking.steps import ProofSetup
from bot.linking.verification import Verification
from bot.linking.vouching import ProvenHere, Vouching
from bot.lookup.lookup import Lookup
from bot.store import Store
from bot.store.pseudonyms import Pseudonym

__all__ = ["Accounts", "Linking", "Notifications", "ProvenHere", "Shares", "Verification", "Vouching"]


@dataclass(frozen=True, slots=True)
class Linking:
    """All of linking, as the cogs and the page get it. The store is here for what is only read or switched.

    Attributes:
        accounts: What members named.
        proven: What counts as proven for a member in a server; nothing else answers that.
        vouching: What moderators vouch for.
        verification: Proofs in progress.
        notifications: What members must be notified of.
        store: Links, contests, and all about one member.
        pseudonym: Makes the keyed hashes of the audit log.
        clock: Returns the present as an aware datetime.
        shares: What others may see of what members named.
    """

    accounts: Accounts
    proven: ProvenHere
    vouching: Vouching
    verification: Verification
    notifications: Notifications
    store: Store
    pseudonym: Pseudonym
    clock: Callable[[], datetime]
    shares: Shares

    @classmethod
    def over(
        cls,
        store: Store,
        lookup: Lookup,
        signatures: SignatureVerifier,
        setup: ProofSetup,
        *,
        pseudonym: Pseudonym,
        clock: Callable[[], datetime],
        contest_for: timedelta,
        vouching: bool,
    ) -> Linking:
        """All of it, over what is there; `verification.close()` ends it.

        Args:
            store: Holds links and proofs.
            lookup: Answers about accounts.
            signatures: Verifies signatures.
            setup: How members prove here.
            pseudonym: Makes the keyed hashes of the audit log.
            clock: Returns the present as an aware datetime.
            contest_for: How long the first contest about an address takes.
            vouching: Whether moderators may vouch for accounts.
        """
        return cls(
            accounts=Accounts(store, lookup, pseudonym, clock),
            proven=ProvenHere(store, vouching=vouching),
            vouching=Vouching(store, lookup, pseudonym, clock, enabled=vouching),
            verification=Verification(
                store,
                Claims(store, lookup),
                signatures,
                setup=setup,
                pseudonym=pseudonym,
                clock=clock,
                contest_for=contest_for,
            ),
            notifications=Notifications(store, clock, contest_for),
            store=store,
            pseudonym=pseudonym,
            clock=clock,
            shares=Shares(store),
        )
