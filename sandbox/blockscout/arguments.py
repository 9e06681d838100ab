"""Reads parameters as strictly as Blockscout, whose router checks each one against its OpenAPI file.

A parameter that the operation does not have is refused too. A paging key counts only as a whole: with a part of it
missing the answer is the first page, without an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.blockscout.refusals import invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sandbox.chains import Chain
    from sandbox.world import World

PAGE = 50
LARGEST_PAGE = {"11": 50, "12": 100}  # 11 checks the parameter and then ignores it
STANDARDS = ("ERC-721", "ERC-1155", "ERC-404")  # also the order in which an address's NFTs are listed

_ADDRESS = re.compile(r"0x[A-Fa-f0-9]{40}")
_NUMBER = re.compile(r"-?(?:[1-9][0-9]{0,80}|0)")  # 2^256 has 78 digits
_ANY_TYPE = r"ERC-(?:20|721|1155|404|7984)"
_TYPES = re.compile(rf"(?:\[?{_ANY_TYPE}(?:,{_ANY_TYPE})*\]?)?")
_FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "address_hash": (_ADDRESS, "an address"),
    "holder_address_hash": (_ADDRESS, "an address"),
    "token_contract_address_hash": (_ADDRESS, "an address"),
    "token_id": (_NUMBER, "an integer"),
    "unique_token": (_NUMBER, "an integer"),
    "value": (re.compile(rf"{_NUMBER.pattern}|null|"), "an integer"),
    "items_count": (re.compile(r"[0-9]{1,4}"), "an integer"),
    "type": (_TYPES, "a list of token types"),
    "token_type": (re.compile(_ANY_TYPE), "a token type"),
}
_ALWAYS = {"apikey", "key"}


@dataclass(frozen=True)
class ApiRequest:
    """One parsed request: `subject` is the address in its path, `origin` where its pictures are served.

    `shows_scams`: whether contracts with the scam badge are listed.
    """

    world: World
    chain: Chain
    subject: str
    query: Mapping[str, str]
    origin: str
    version: str
    shows_scams: bool = True

    def check(self, *allowed: str) -> None:
        """Check that the request is well-formed and has only these parameters.

        Raises:
            RefusedError: it is not (422).
        """
        check_address("address_hash_param", self.subject)
        for name, value in self.query.items():
            if name not in _ALWAYS and name not in allowed:
                raise invalid(name, f"Unexpected field: {name}")
            form = _FORMS.get(name)
            if form is not None and not form[0].fullmatch(value):
                raise invalid(name, f"Invalid format. Expected {form[1]}")
        count = self.query.get("items_count")
        if count is not None and not 1 <= int(count) <= LARGEST_PAGE[self.version]:
            raise invalid("items_count", f"{count} is not between 1 and {LARGEST_PAGE[self.version]}")

    def page_size(self) -> int:
        """Rows of a page: a parameter since version 12, fifty before."""
        return int(self.query.get("items_count", PAGE)) if self.version == "12" else PAGE

    def key(self, names: Iterable[str]) -> tuple[str, ...] | None:
        """The values of a paging key, if the request has all of them."""
        values = tuple(self.query.get(name, "") for name in names)
        return values if all(values) else None

    def standards(self) -> tuple[str, ...]:
        """The token types that `type` names, in the order of lists; all of them when it names no NFT type."""
        requested = self.query.get("type", "").strip("[]").split(",")
        return tuple(each for each in STANDARDS if each in requested) or STANDARDS


def check_address(field: str, text: str) -> None:
    """Check that this is `0x` and 40 hex digits in any case; the checksum does not matter.

    Raises:
        RefusedError: it is not (422).
    """
    if not _ADDRESS.fullmatch(text):
        raise invalid(field, "Invalid format. Expected ~r/^0x([A-Fa-f0-9]{40})$/")
