"""Why a delivery to an endpoint failed, as a value that is stored, and as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from http import HTTPStatus

from bot.messages import Message, Words


class FailureCode(StrEnum):
    """What went wrong."""

    NOT_PUBLIC = auto()  # its name leads to an address that is not public
    NO_ADDRESS = auto()  # its name leads nowhere
    NO_TLS = auto()  # no trusted certificate, or no TLS at all
    NO_CONNECTION = auto()
    TOO_SLOW = auto()
    REDIRECTED = auto()
    GONE = auto()  # it says itself that it wants no more: 410
    STATUS = auto()  # any other status but 2xx


_STATUS = Message("it answered with HTTP {status}; anything from 200 to 299 confirms an event.")
_WORDS: Mapping[FailureCode, Message] = {
    FailureCode.NOT_PUBLIC: Message("its name leads to an address that is not public, and nothing is sent there."),
    FailureCode.NO_ADDRESS: Message("its name leads to no address: check how it is written, and its DNS record."),
    FailureCode.NO_TLS: Message("it has no certificate for this name that browsers would trust."),
    FailureCode.NO_CONNECTION: Message("it takes no connection, or ended it before an answer."),
    FailureCode.TOO_SLOW: Message("it did not answer within 10 seconds: answer first, and do the work afterwards."),
    FailureCode.REDIRECTED: Message("it redirects (HTTP {status}), which is not followed: enter where it leads to."),
    FailureCode.GONE: Message("it says that it is gone (HTTP 410), so nothing more is sent to it."),
    FailureCode.STATUS: _STATUS,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed.

    Attributes:
        code: What went wrong.
        status: The HTTP status, where there was one; 0: there was none.
    """

    code: FailureCode
    status: int = 0

    @classmethod
    def of_status(cls, status: int) -> Failure | None:
        """What a status means; None: the event is confirmed."""
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return None
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            return cls(FailureCode.REDIRECTED, status)
        return cls(FailureCode.GONE if status == HTTPStatus.GONE else FailureCode.STATUS, status)

    @property
    def is_final(self) -> bool:
        """Whether waiting is pointless: the endpoint itself wants nothing more."""
        return self.code is FailureCode.GONE

    @property
    def words(self) -> Words:
        """Why, as the end of a sentence."""
        message = _WORDS[self.code]
        return message(status=self.status) if message.places else message()
