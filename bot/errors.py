"""The errors that a person may see. Each has the sentence to show, and its class says on whose side the fault is.

TesseraError
├── InputError               what was asked for is not possible as it was asked
│   └── NothingLinkedError   the member has linked no account yet
├── NotFoundError            asked and answered: there is no such account, name or collection
├── WithdrawnError           what an answer shows may be shown no longer: it is replaced by the sentence
├── SourceError              the source gave no usable answer: what it knows is *unknown*, which is not zero
│   ├── UnavailableError     no answer, a broken one, or HTML: waiting helps
│   ├── ThrottledError       too many requests: waiting helps
│   ├── RefusedError         the key is missing or wrong: the operator must act, waiting does not help
│   ├── WithheldError        the source answers others, but not this: nobody here can fix that
│   ├── NotRecordedError     an archive does not contain it: it cannot say anything about it
│   └── ContradictionError   sources contradict each other: the operator must act, waiting does not help
├── SessionError             a verification that is unknown, used or over: which of them is never disclosed
├── ProofError               the signature does not prove what was claimed: another one may
├── UndecidedError           what must be known first cannot be found out now: never a yes, never a final no
├── UnacceptedError          Discord accepts the answer in no form: the operator must act, waiting does not help
├── LimitError               too often, or too many: the sentence says when or what to do
├── PictureError             there is no picture: what it would show is said in words
│   └── DrawingBusyError     so many are being drawn that it is not begun: waiting helps
├── StoreError               Tessera's own store failed: answers are given without it where that is possible
└── ConfigError              the configuration or the machine: `run` ends with exit code 2
    └── DamagedStoreError    the store is damaged or gone: `run` ends with exit code 3
"""

from __future__ import annotations

from bot.messages import Advice, Message, Words

_WITH_ADVICE = Message("{fact} {advice}")


class TesseraError(Exception):
    """An error with a sentence for people: what was wrong, and what to do about it.

    Args:
        message: The sentence, or one whose places are filled in already.
        values: What fills its places.

    Attributes:
        words: The sentence, to be rendered where it is shown.
    """

    def __init__(self, message: Message | Words, **values: object) -> None:
        self.words = message if isinstance(message, Words) else message(**values)
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The sentence in English, for the log and the command line."""
        return str(self.words)


class InputError(TesseraError):
    """On the person's side: the sentence says what was wrong and what is accepted."""


class NothingLinkedError(InputError):
    """The member has linked no account yet: the sentence says how to."""


class NotFoundError(TesseraError):
    """The source answered, and what was asked for does not exist."""


class WithdrawnError(TesseraError):
    """What an answer shows may be shown no longer: its message is replaced by the sentence, its buttons go."""


class SourceError(TesseraError):
    """On the source's side: nothing may be concluded about what an account holds.

    Args:
        message: What happened.
        advice: When to try again, if that may help.
        values: What fills the places of `message`.

    Attributes:
        fact: The sentence without the advice, which may be out of date when the error is repeated.
        advice: It.
    """

    def __init__(self, message: Message | Words, *, advice: Advice | None = None, **values: object) -> None:
        self.fact = message if isinstance(message, Words) else message(**values)
        self.advice = advice
        super().__init__(_WITH_ADVICE(fact=self.fact, advice=advice) if advice else self.fact)


class UnavailableError(SourceError):
    """No answer in time, a fault of the server, or an answer that cannot be understood."""


class ThrottledError(SourceError):
    """The source asks us to slow down."""


class RefusedError(SourceError):
    """The source refuses our key: only the operator of the bot can fix that."""


class WithheldError(SourceError):
    """The source answers, but refuses this one question, such as one about a sanctioned address."""


class NotRecordedError(SourceError):
    """An archive does not contain what was asked for, which says nothing about it."""


class ContradictionError(SourceError):
    """Sources contradict each other: nothing may be concluded from either before the operator has looked."""


class SessionError(TesseraError):
    """A verification that is unknown, used or over. Which of them is not disclosed (security: no oracle)."""


class ProofError(TesseraError):
    """The signature does not prove what was claimed; nothing was linked."""


class UndecidedError(TesseraError):
    """A wallet, a node, or Discord, asked who is a member, gives no reliable answer: waiting helps."""


class UnacceptedError(TesseraError):
    """Discord accepts the answer in no form: the operator must act, waiting does not help."""


class LimitError(TesseraError):
    """Too often or too many.

    Attributes:
        retry_after: Seconds until it may work; 0: waiting does not help.
    """

    def __init__(self, message: Message | Words, *, retry_after: float = 0, **values: object) -> None:
        super().__init__(message, **values)
        self.retry_after = retry_after


class PictureError(TesseraError):
    """A picture cannot be drawn: the sentence says why, and stands below what the picture would show, in words."""


class DrawingBusyError(PictureError):
    """So many pictures are being drawn that this one is not begun: waiting helps."""


class StoreError(TesseraError):
    """Tessera's own store failed; nothing was half-saved."""


class ConfigError(TesseraError):
    """Tessera cannot start with this configuration or on this machine."""


class DamagedStoreError(ConfigError):
    """The store is damaged or gone: the sentence says how to go back to a backup, if there is one."""
