"""Linking accounts to members, and proving that they are theirs. Knows neither Discord's client nor a web server.

    accounts       what a member named: link, label, main one, who may see it
    claims         which account and which address a proof is about: sources are asked, never a browser
    cookie         what follows from one browser's secret: state, PKCE, the header against other sites
    steps          what the steps of a proof begin with and lead to
    outcome        what became of a proof, on its way to whoever waits for it in Discord
    ways           which proofs this installation can offer, and what the others lack
    verification   one proof from its beginning to its end: token, browser, login, text, signature
    signers        whether a signature speaks for an address: keys, contracts, wallets not yet deployed
    contests       two members, one address: who is told, who may object, when it moves
    privacy        what is known of a member: handed out, deleted, forgotten in time

The protocol and its attacks: whoever is lured to open a link that somebody else made must not give them anything.
So a page is bound to one browser by a cookie, the person in that browser logs in to Discord, and is compared with the
one who ran the command; the text to be signed names that person; and what may happen once happens once.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.linking.accounts import Accounts
from bot.linking.contests import Contests
from bot.linking.privacy import Privacy
from bot.linking.verification import Verification

__all__ = ["Accounts", "Contests", "Linking", "Privacy", "Verification"]


@dataclass(frozen=True, slots=True)
class Linking:
    """All of it, as the faces get it."""

    accounts: Accounts
    verification: Verification
    contests: Contests
    privacy: Privacy
