"""What the store refused, in words for the member."""

from __future__ import annotations

from bot.errors import InputError, LimitError, SessionError, TesseraError
from bot.links import MOST_LINKS
from bot.store.linking.refusal import Refusal, RefusedUntil, WrongCode

OVER = "This link is not valid any more. Run `/verify` in Discord for a new one."

_PROVEN_BY = "That account is proven by {} already: nothing was changed."
_ERRORS: dict[Refusal, tuple[type[TesseraError], str]] = {
    Refusal.OVER: (SessionError, OVER),
    Refusal.LIMIT: (
        LimitError,
        f"{MOST_LINKS} accounts are linked already, which is the most: `/unlink` one first.",
    ),
    Refusal.NOT_LINKED: (InputError, "That account is not among yours. `/accounts` lists them."),
    Refusal.OTHER_OWNER: (
        InputError,
        "That account is another address's, as was told before: this bot's operator must look at that.",
    ),
    Refusal.PROVEN_BY_MEMBER: (InputError, _PROVEN_BY.format("this member")),
    Refusal.PROVEN_BY_ANOTHER: (InputError, _PROVEN_BY.format("another member")),
}


def refusal_error(refusal: Refusal | RefusedUntil | WrongCode) -> TesseraError:
    """The error that says why nothing was changed."""
    if isinstance(refusal, RefusedUntil):
        return InputError(
            "You claimed that account lately, and it stayed with its holder: you cannot claim it again before "
            f"{refusal.until:%Y-%m-%d}."
        )
    if isinstance(refusal, WrongCode):
        left = refusal.tries_left
        rest = f"{left} more {'try' if left == 1 else 'tries'}" if left else "Run `/verify` for a new link"
        return InputError(f"That is not the code that the page showed. {rest}.")
    kind, sentence = _ERRORS[refusal]
    return kind(sentence)
