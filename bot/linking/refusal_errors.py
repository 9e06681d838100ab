"""The store's refusals as errors, with a message for the member."""

from __future__ import annotations

from bot.errors import InputError, LimitError, SessionError, TesseraError
from bot.links import MAX_LINKS
from bot.messages import Message, Words
from bot.store.linking.refusal import Refusal, RefusedUntil, WrongCode

_CLAIMED_RECENTLY = Message(
    "You claimed that account recently, and it stayed with its holder: "
    "by a contract wallet you cannot claim it again before {until:%Y-%m-%d}."
)
_NEED_KEY = Message("The answer of a contract is not enough for that address: sign with the address's own key.")

_TOO_MANY_TRIES = Message("Too many tries with this link. Run `/verify` in Discord for a new one.")
ANOTHER_CHAIN = Message(
    "A smart wallet on another chain than Ethereum cannot be proven: somebody else's may have the same address "
    "there. Prove an account of a wallet with a key of its own, or one on Ethereum or Loopring."
)
SESSION_OVER = Message("This link is not valid any more. Run `/verify` in Discord for a new one.")

_WRONG_CODE = Message(
    "That is not the code that the page showed. {count} more try.",
    "That is not the code that the page showed. {count} more tries.",
)
_LAST_WRONG_CODE = Message("That is not the code that the page showed. Run `/verify` for a new link.")
TOO_MANY_LINKED = Message(
    "One account is linked already, which is the most: `/unlink` it first.",
    "{count} accounts are linked already, which is the most: `/unlink` one first.",
)
_NOT_LINKED = Message("That account is not among yours. `/accounts` lists them.")
OWNER_UNCONFIRMED = Message("Who owns that account has to be found out again: run `/verify` once more.")

_ERRORS: dict[Refusal, tuple[type[TesseraError], Words]] = {
    Refusal.OVER: (SessionError, SESSION_OVER()),
    Refusal.TEXTS: (LimitError, _TOO_MANY_TRIES()),
    Refusal.LIMIT: (LimitError, TOO_MANY_LINKED(count=MAX_LINKS)),
    Refusal.NOT_LINKED: (InputError, _NOT_LINKED()),
    Refusal.OWNER_UNCONFIRMED: (InputError, OWNER_UNCONFIRMED()),
    Refusal.NEED_KEY: (InputError, _NEED_KEY()),
}


def refusal_error(refusal: Refusal | RefusedUntil | WrongCode) -> TesseraError:
    """The error that says why nothing was changed."""
    if isinstance(refusal, RefusedUntil):
        return InputError(_CLAIMED_RECENTLY, until=refusal.until)
    if isinstance(refusal, WrongCode):
        left = refusal.tries_left
        return InputError(_WRONG_CODE, count=left) if left else InputError(_LAST_WRONG_CODE)
    kind, words = _ERRORS[refusal]
    return kind(words)
