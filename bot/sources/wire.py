"""What the JSON of all sources has in common: tolerant readers of numbers, text and URIs, each with a limit.

Whatever the JSON, this module raises only `UnavailableError`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.errors import UnavailableError
from bot.messages import Message
from bot.sources.advice import LATER
from bot.text import MAX_TEXT, MAX_URL

ADDRESS = re.compile(r"0x[0-9a-f]{40}")

# Ten times what a card shows of a name.
MAX_NAME = 1000


def whole_number(value: object) -> int | None:
    """A number from 0 on, from JSON's own or from decimal digits; None for anything else, `true` included."""
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"[0-9]{1,78}", value) else None  # 2**256 has 78 digits
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def text(value: object, most: int = MAX_NAME) -> str:
    """Text, or "" for anything else: a row without a name is still a row."""
    words = value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
    return words if len(words) <= most else words[: most - 1] + "…"


def uri(value: object) -> str:
    """A URI, or "" if it is too long to be shown: cut, it would be another URI."""
    return value if isinstance(value, str) and len(value) <= MAX_URL else ""


def non_empty(*uris: str) -> tuple[str, ...]:
    """Those that are not "", each once."""
    return tuple(dict.fromkeys(each for each in uris if each))


def _description(value: object) -> str:
    return text(value, MAX_TEXT)


def _address(value: object) -> str:
    """An address in lower case, or "". It is shown on cards without further checks, so nothing else is accepted."""
    address = value.lower() if isinstance(value, str) else ""
    return address if ADDRESS.fullmatch(address) else ""


def _table(value: object) -> object:
    return value if isinstance(value, dict) else {}


def _moment(value: object) -> datetime | None:
    """Milliseconds since 1970, as an int or a string; None for anything that is not a time."""
    try:
        milliseconds = whole_number(value)
        return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None
    except (ValueError, OverflowError, OSError):
        return None


# Ids and counts of rows: what a database counts with.
Count = Annotated[int, Field(lt=2**63), BeforeValidator(whole_number)]
# More NFTs than any collection has, and less than a thousand units of a currency with 18 decimals.
MOST_KINDS = 10_000_000
# Units of one NFT: a balance of ERC-1155 is a uint256, and some creators mint as many as they can.
Copies = Annotated[int, Field(lt=2**256), BeforeValidator(whole_number)]
Text = Annotated[str, BeforeValidator(text)]
Description = Annotated[str, BeforeValidator(_description)]
Uri = Annotated[str, BeforeValidator(uri)]
Address = Annotated[str, BeforeValidator(_address)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
# For a table that may be missing, null, or something else.
Table = BeforeValidator(_table)


class Wire(BaseModel):
    """A JSON object of a source; keys that we do not use are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


W = TypeVar("W", bound=BaseModel)
V = TypeVar("V")

_UNKNOWN_FORM = Message("{name} sent an answer of a form that Tessera does not know.")


def read_one(model: type[W], body: Any, name: str) -> W:
    """One object of an answer; `name` is the source's, for people.

    Raises:
        UnavailableError: the body is not what the API sends.
    """
    try:
        return model.model_validate(body)
    except ValidationError:
        raise not_understood(name) from None  # the cause would quote upstream text into the log


def read_rows(rows: Sequence[Any], model: type[W], to_value: Callable[[W], V]) -> tuple[tuple[V, ...], int]:
    """The rows that can be read, and how many cannot: those are counted, never ignored."""
    values: list[V] = []
    for row in rows:
        try:
            values.append(to_value(model.model_validate(row)))
        except ValidationError:
            continue  # counted below
    return tuple(values), len(rows) - len(values)


def not_understood(name: str) -> UnavailableError:
    """The answer is JSON, but not of the shape that this API has."""
    return UnavailableError(_UNKNOWN_FORM, name=name, advice=LATER)
