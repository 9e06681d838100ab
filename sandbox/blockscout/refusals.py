"""The errors of the API.

404 and 422 have the bodies of Blockscout's OpenAPI file. It says nothing of 401 and 429, which come from the gateway in
front of the hosted API; their bodies here have the form of its other messages.
"""

from __future__ import annotations

from typing import Any


class RefusedError(Exception):
    """The API refuses a request.

    Attributes:
        status: of the answer.
        body: of the answer, as JSON.
    """

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


def invalid(field: str, detail: str) -> RefusedError:
    """A parameter is of the wrong form, or the operation has no such parameter."""
    error = {"title": "Invalid value", "source": {"pointer": f"/{field}"}, "detail": detail}
    return RefusedError(422, {"errors": [error]})


def not_found() -> RefusedError:
    """No such contract, or no such chain."""
    return RefusedError(404, {"message": "Resource not found"})


def wrong_key() -> RefusedError:
    """There is a key, and it is not a valid one."""
    return RefusedError(401, {"message": "Unauthorized"})


def too_many() -> RefusedError:
    """More requests in this second than the plan allows."""
    return RefusedError(429, {"message": "Too Many Requests"})
