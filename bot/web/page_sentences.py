"""The page's own form of sentences that were made for Discord.

On the page a wallet gives the signature, and nobody pastes or copies anything; the page gets a new text by itself; and
a command such as `/unlink` is somewhere else. All other sentences are the same in both places.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.linking.contract_signatures import CHANGED, NOT_OF_THE_TEXT, NOT_SIGNED_ON_CHAIN
from bot.linking.refusal_errors import OWNER_UNCONFIRMED, TOO_MANY_LINKED
from bot.linking.signature_verifier import CUT_OFF, NOTHING_SIGNED
from bot.messages import Message, Words
from bot.signing.changed_text import Change
from bot.signing.pasted import NOT_A_SIGNATURE, ODD_DIGITS, TOO_LONG, TOO_SHORT, TWO_SIGNATURES
from bot.signing.signature import WRONG_CHECKSUM

_NO_SIGNATURE = Message(
    "That is not a signature: your wallet gave something else than 0x and 128 or more hex digits. Nothing was linked. "
    "Try again, or choose another wallet."
)
ON_PAGE: Mapping[Message, Message] = {
    WRONG_CHECKSUM: Message(
        "The address that your wallet gave has a wrong checksum. Try again, or choose another wallet."
    ),
    NOT_A_SIGNATURE: _NO_SIGNATURE,
    ODD_DIGITS: Message(
        "The signature that your wallet gave has an odd number of digits, so one is missing. Nothing was linked. Try "
        "again, or choose another wallet."
    ),
    TOO_SHORT: Message(
        "That is too short for a signature: your wallet gave {count} of at least 128 hex digits. Nothing was linked. "
        "Try again, or choose another wallet."
    ),
    TOO_LONG: Message(
        "That is too long for a signature: your wallet gave {count} hex digits, and {most} is the most that is read "
        "here. Nothing was linked. Choose another wallet."
    ),
    TWO_SIGNATURES: _NO_SIGNATURE,
    NOT_OF_THE_TEXT: Message(
        "Your wallet did not sign the text itself as a message (personal_sign), and nothing else is a proof. Try "
        "again, or choose another wallet."
    ),
    CHANGED[Change.LINE_ENDS]: Message(
        "Your wallet changed the text before it signed it: it has other line ends. Nothing was linked. Try again, or "
        "choose another wallet."
    ),
    CHANGED[Change.MORE_AT_ITS_END]: Message(
        "Your wallet changed the text before it signed it: there is a blank or a line end behind it. Nothing was "
        "linked. Try again, or choose another wallet."
    ),
    CHANGED[Change.OTHER]: Message(
        "Your wallet changed the text before it signed it: there is something around it, or it signed its letters as "
        "hex digits. Nothing was linked. Try again, or choose another wallet."
    ),
    NOT_SIGNED_ON_CHAIN: Message(
        "The smart wallet {owner} signs on Ethereum itself, and the transaction for that text has not happened so far. "
        "This page cannot wait for it: let your wallet sign without a transaction (a Safe has a setting for that), "
        "and sign again."
    ),
    NOTHING_SIGNED: Message(
        "Your wallet gave an empty signature (0x), as a Safe does that signs on Ethereum, and at {owner} there is "
        "none. Try again, or choose another wallet."
    ),
    CUT_OFF: Message(
        "The signature that your wallet gave is wrapped for a wallet that is not deployed (ERC-6492), but it is not "
        "whole. Nothing was linked. Try again, or deploy the wallet first and sign then."
    ),
    TOO_MANY_LINKED: Message(
        "One account is linked already, which is the most. Use `/unlink` in Discord first, then run `/verify` again.",
        "{count} accounts are linked already, which is the most. Use `/unlink` in Discord for one of them first, then "
        "run `/verify` again.",
    ),
    OWNER_UNCONFIRMED: Message("Who owns that account has to be found out again: run `/verify` in Discord once more."),
}


def page_sentence(words: Words) -> str:
    """A sentence as the page shows it."""
    message = ON_PAGE.get(words.message)
    if message is None:
        return words.render()
    return Words(message, {place: words.values[place] for place in message.places}).render()
