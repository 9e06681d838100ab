"""Notifications → embeds. The address is shown in full, as it must be recognised."""

from __future__ import annotations

import discord

from bot.cogs.linking.link_embeds import ASK_OPERATOR, moment_words
from bot.links import Notification, NotificationKind
from bot.signing.signature import checksummed
from bot.ui.embeds import BRAND, CAUTION

STAYS = "It stays yours. If somebody claims it again, the contest takes a week or longer, and you are notified."

_NOTIFICATION_WORDS = {
    NotificationKind.CONTESTED: (
        "Somebody else claims your account",
        (
            "Another member has shown that they hold the key of {address}, which you have proven. It moves to them "
            "{until}.\n**If that was not you:** in a server with this bot, sign again with `/verify`: then it stays "
            "yours. If you cannot sign now, `/accounts` → **Object** gives you a week.\n"
            "If you gave that wallet away, there is nothing to do."
        ),
    ),
    NotificationKind.LOST: (
        "An account is no longer proven as yours",
        (
            "{address} is proven by another member now: they signed for it, and you have not signed since. It stays in "
            "your list, unproven. If its key is yours, prove it again: `/verify`."
        ),
    ),
    NotificationKind.WON: (
        "The account is yours",
        "{address} is proven as yours now: no other member signed for it in time.",
    ),
    NotificationKind.KEPT: (
        "The account stays yours",
        f"You signed again for {{address}}. {STAYS}",
    ),
    NotificationKind.REFUSED: (
        "The account stays with its holder",
        (
            "The holder of {address} signed again: it stays with them. If its key is yours, sign again with `/verify`: "
            "you are not refused, but the next contest takes a week or longer."
        ),
    ),
    NotificationKind.WITHDRAWN: (
        "Nobody claims your account any more",
        "The member who claimed {address} withdrew the claim: it stays yours, and there is nothing to do.",
    ),
    NotificationKind.OVERTAKEN: (
        "Somebody else claims that account now",
        "Another member signed for {address} after you. If its key is yours, sign again before {until}: `/verify`.",
    ),
    NotificationKind.FROZEN: (
        "The operator must decide whose the account is",
        (
            "More than one member signed for {address}, again and again, so that no signature can decide whose it is. "
            "It is **frozen**: it moves no more, and until the operator has decided, a role is neither given nor taken "
            f"for it.\n**If its key is yours:** sign once more with `/verify`. {ASK_OPERATOR}"
        ),
    ),
    NotificationKind.DECIDED_FOR: (
        "The operator decided: the account is yours",
        "The operator of this bot has decided that {address} is proven as yours. There is nothing to do.",
    ),
    NotificationKind.DECIDED_AGAINST: (
        "The operator decided: the account is another member's",
        (
            "The operator of this bot has decided that {address} is proven by another member. It stays in your list, "
            "unproven. If its key is yours, tell the operator."
        ),
    ),
    NotificationKind.DECIDED_FOR_NOBODY: (
        "The operator decided: the account is unproven",
        (
            "The operator of this bot has decided that {address} is proven by nobody. If its key is yours, and nobody "
            "else has it, sign for it: `/verify`."
        ),
    ),
}


_CAUTION = frozenset(
    {
        NotificationKind.CONTESTED,
        NotificationKind.LOST,
        NotificationKind.REFUSED,
        NotificationKind.FROZEN,
        NotificationKind.DECIDED_AGAINST,
        NotificationKind.DECIDED_FOR_NOBODY,
    }
)


def notification_embed(notification: Notification) -> discord.Embed:
    """What a member is notified of."""
    title, words = _NOTIFICATION_WORDS[notification.kind]
    until = moment_words(notification.until) if notification.until else "soon"
    caution = notification.kind in _CAUTION
    address = f"`{checksummed(notification.owner)}`" if notification.owner else "an account"
    colour = CAUTION if caution else BRAND
    return discord.Embed(title=title, description=words.format(address=address, until=until), colour=colour)
