"""Linking accounts to members, and proving that they are theirs. Knows neither Discord's client nor a web server.

    accounts            what a member named: link, find, label, main one, unlink; objecting to a claim
    claims              which account and which address a proof is about: sources are asked, never a browser
    cookie              what follows from one browser's secret: state, PKCE, the header against other sites
    issuing             making the text that is to be signed
    codes               what the page shows and the member types in Discord
    steps               what the steps of a proof start with and lead to
    outcome             what became of a proof, on its way to the message that waits for it in Discord
    proof_methods       which proofs this installation can offer, and what the others lack
    verification        one proof from its beginning to its end: token, browser, login, text, signature
    signature_verifier  whether a signature speaks for an address: keys, contracts, wallets not yet deployed
    contest_rules       two members, one address: what a signature leads to, and how long anything lasts
    notifications       what members must hear although they did not ask
    privacy             what is known of a member: exported, deleted
    upkeep              contests that are due, and what was retained for long enough
    refusal_errors      what the store refused, in words
    start_limits        how often proofs may be started, and the words for it

The protocol and its attacks: a person who is lured to open a link that somebody else made must not give them anything.
So a page is bound to one browser by a cookie, the person in that browser logs in to Discord, and is compared with the
one who ran the command; the text to be signed names that person; and what may happen once happens once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.linking.accounts import Accounts
from bot.linking.notifications import Notifications
from bot.linking.verification import Verification
from bot.store import Store
from bot.store.pseudonyms import Pseudonym

__all__ = ["Accounts", "Linking", "Notifications", "Verification"]


@dataclass(frozen=True, slots=True)
class Linking:
    """All of it, as the faces get it: what decides, and the store, for what is only read or switched.

    Attributes:
        accounts: What members named.
        verification: Proofs under way.
        notifications: What members must hear.
        store: Links, contests, and all about one member.
        pseudonym: For the audit.
        clock: The present, aware.
    """

    accounts: Accounts
    verification: Verification
    notifications: Notifications
    store: Store
    pseudonym: Pseudonym
    clock: Callable[[], datetime]
