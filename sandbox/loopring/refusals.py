"""The errors of the API: HTTP 400 and a `resultInfo`, except where the wallet family differs.

Codes and messages are the recorded ones where a recording exists, else those of the vendor's table of error codes.
"""

from __future__ import annotations


class RefusedError(Exception):
    """The API refuses a request.

    Attributes:
        code: the number clients go by.
        message: the vendor's text.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message

    def body(self) -> dict[str, object]:
        """The answer's body."""
        return {"resultInfo": {"code": self.code, "message": self.message}}


def invalid_argument(message: str) -> RefusedError:
    """An argument is missing or of the wrong form."""
    return RefusedError(100001, message)


def no_such_account() -> RefusedError:
    """No account has this accountId."""
    return RefusedError(104007, "Invalid accountId")


def no_account_of_owner() -> RefusedError:
    """No account belongs to this address."""
    return RefusedError(101002, "account not found")


def no_such_collection() -> RefusedError:
    """No collection fits; no recording exists, the code is that of an NFT that is not found."""
    return RefusedError(108002, "ErrorException(ERR_NFT_METADATA_NOT_EXISTS: nft not exists)")


def not_counterfactual() -> RefusedError:
    """No such account, or its address is not that of a wallet still to be deployed: a missing case upstream."""
    return RefusedError(100000, "None.get")


def no_key() -> RefusedError:
    """The endpoint needs `X-API-KEY` and there is none."""
    return RefusedError(104001, "Empty ApiKey")


def wrong_key() -> RefusedError:
    """The key is not a valid one."""
    return RefusedError(104002, "Invalid ApiKey")
