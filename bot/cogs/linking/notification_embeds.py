"""Notifications → embeds. The address is shown in full, as it must be recognised."""

from __future__ import annotations

import discord

from bot.cogs.linking.link_embeds import moment_words
from bot.links import Notification, NotificationKind
from bot.messages import Message
from bot.signing.signature import checksummed
from bot.ui.embeds import BRAND, CAUTION

SIGNED_AGAIN = Message(
    "You signed again for {address}. It stays yours. If somebody claims it again, the contest takes a week or longer, "
    "and you are notified."
)
_SOON = Message("soon")
_AN_ACCOUNT = Message("an account")

_NOTIFICATION_WORDS = {
    NotificationKind.CONTESTED: (
        Message("Somebody else claims your account"),
        Message(
            "Another member has shown that they hold the key of {address}, which you have proven. It moves to them "
            "{until}.\n**If that was not you:** in a server with this bot, sign again with `/verify`: then it stays "
            "yours. If you cannot sign now, `/accounts` → **Object** gives you a week.\n"
            "If you gave that wallet away, there is nothing to do."
        ),
    ),
    NotificationKind.LOST: (
        Message("An account is no longer proven as yours"),
        Message(
            "{address} is proven by another member now: they signed for it, and you have not signed since. It stays in "
            "your list, unproven. If its key is yours, prove it again: `/verify`."
        ),
    ),
    NotificationKind.WON: (
        Message("The account is yours"),
        Message("{address} is proven as yours now: no other member signed for it in time."),
    ),
    NotificationKind.KEPT: (Message("The account stays yours"), SIGNED_AGAIN),
    NotificationKind.REFUSED: (
        Message("The account stays with its holder"),
        Message(
            "The holder of {address} signed again: it stays with them. If its key is yours, sign again with `/verify`: "
            "you are not refused, but the next contest takes a week or longer."
        ),
    ),
    NotificationKind.WITHDRAWN: (
        Message("Nobody claims your account any more"),
        Message("The member who claimed {address} withdrew the claim: it stays yours, and there is nothing to do."),
    ),
    NotificationKind.OVERTAKEN: (
        Message("Somebody else claims that account now"),
        Message(
            "Another member signed for {address} after you. If its key is yours, sign again before {until}: `/verify`."
        ),
    ),
    NotificationKind.FROZEN: (
        Message("The operator must decide whose the account is"),
        Message(
            "More than one member signed for {address}, again and again, so that no signature can decide whose it is. "
            "It is **frozen**: it moves no more, and until the operator has decided, a role is neither given nor taken "
            "for it.\n**If its key is yours:** sign once more with `/verify`. Tell the operator of this bot what you "
            "know: who runs it can see who signed, and when."
        ),
    ),
    NotificationKind.DECIDED_FOR: (
        Message("The operator decided: the account is yours"),
        Message("The operator of this bot has decided that {address} is proven as yours. There is nothing to do."),
    ),
    NotificationKind.DECIDED_AGAINST: (
        Message("The operator decided: the account is another member's"),
        Message(
            "The operator of this bot has decided that {address} is proven by another member. It stays in your list, "
            "unproven. If its key is yours, tell the operator."
        ),
    ),
    NotificationKind.DECIDED_FOR_NOBODY: (
        Message("The operator decided: the account is unproven"),
        Message(
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
    address = f"`{checksummed(notification.owner)}`" if notification.owner else _AN_ACCOUNT()
    until = moment_words(notification.until) if notification.until else _SOON()
    named = {"address": address, "until": until}
    description = words(**{place: named[place] for place in words.places})
    colour = CAUTION if notification.kind in _CAUTION else BRAND
    return discord.Embed(title=title().render(), description=description.render(), colour=colour)
