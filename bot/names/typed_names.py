"""How people and files name accounts and collections, parsed in one place.

10001, #254                    a number of Loopring's
0x…                            an owner's address, on any network
vitalik.eth, jesse.cb.id       a name of such an address
https://etherscan.io/address/… the page of one of these
loopring:10001                 with its network: `loopring`, or a chain as in CAIP-2
eip155:1:0x19e7…               with its chain, as in CAIP-10
ethereum:0x19e7…               with the configured name of its source
eth:0x19e7…                    with its chain, as in EIP-3770
ethereum:0x19e7…@1             what is to be paid, as in EIP-681

Blanks, invisible characters, quotes and marks around all of these count for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.errors import InputError
from bot.holdings import LOOPRING
from bot.messages import Message, Words
from bot.names.chain_names import chain_called
from bot.names.ens_name import is_like_a_name, normalized_name
from bot.names.pasted_link import Page, PastedLink, read_link
from bot.names.pasted_text import bare_text, visible_text
from bot.names.typed_address import account_address, contract_address, is_like_an_address
from bot.names.typed_secrets import refuse_secrets
from bot.text import safe_text

_HALF_ADDRESS = Message("“{typed}” is not a whole address: an address is 0x and 40 hex digits. {accepted}")
_A_MEMBER = Message("That is a member, and not an account. {accepted}")
_PAGE_OF = Message("That link leads to {page}, and not to {wanted}. Use the link of that, or its address.")
_MORE_THAN_A_LINK = Message("There is more than one link in that, or something beside it: paste the one link alone.")
_NO_ACCOUNT = Message("No account was given. {accepted}")
_NOT_AN_ACCOUNT = Message("“{typed}” is not an account. {accepted}")
_WHICH_CHAIN = Message("Say which chain the contract is on: {choices}.")
_NOT_A_COLLECTION = Message("“{typed}” is not a collection id: use its number, such as `254`.")
_NOT_A_COLLECTION_ANYWHERE = Message(
    "“{typed}” is not a collection id: use its number, such as `254` or its contract on a chain, such as "
    "`eip155:1:0x…`."
)
_ACCEPTED = Message("Use an address `0x…` with 40 hex digits, or a name such as `vitalik.eth`.")
_ACCEPTED_WITH_IDS = Message(
    "Use an account id such as `10001`, an address `0x…` with 40 hex digits, or a name such as `vitalik.eth`."
)
_UNKNOWN_CHAIN = Message("No source here knows chain {chain}. Configured: {known}.")
_UNKNOWN_SOURCE = Message("No source here knows “{typed}”. Configured: {known}. {accepted}")
_NO_NUMBERS_THERE = Message("`{network}` knows addresses, `0x…` with 40 hex digits, and no numbers.")
_NO_LOOPRING = Message("Numbers are Loopring's, which no source here knows. {accepted}")
_WHICH_NETWORK = Message("Several sources know numbers. Say which: {choices}.")
_ACCOUNT_RANGE = Message("An account id is a number from 1 to {most}. {accepted}")
_NOT_A_CONTRACT = Message("“{typed}” is not a contract address: use 0x and 40 hex digits.")

# Account ids are 32 bits wide in Loopring's circuits (protocols, Constants.NUM_BITS_ACCOUNT); 0 is the exchange itself.
_MAX_ACCOUNT_ID = 2**32 - 1
_MEMBER = re.compile(r"<@!?(?P<user_id>[0-9]{1,20})>")
# EIP-681's, which is a name of Ethereum's, too; without a chain any may be meant.
_SCHEME = "ethereum"
_CHAIN = re.compile(r"eip155:(?:0|[1-9][0-9]{0,18})")


class RefKind(Enum):
    """How an account was named by a person."""

    ID = "id"
    OWNER = "owner"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class AccountRef:
    """What a person typed to mean an account: an id, an owner's address (lower case), or a name.

    `network` is "" where none was named and several are possible; an id always has one.
    """

    network: str
    kind: RefKind
    value: str

    def __str__(self) -> str:
        """As somebody would type it."""
        return f"{self.network}:{self.value}" if self.network else self.value

    @property
    def name(self) -> str:
        """The name that was typed, "" if none was."""
        return self.value if self.kind is RefKind.NAME else ""


def is_numbered(network: str) -> bool:
    """Whether accounts and collections of a network are numbers (Loopring's), not addresses (a chain's)."""
    return not network.startswith("eip155:")


def is_network(text: str) -> bool:
    """Whether it is the id of a network: Loopring's, or that of a chain (CAIP-2)."""
    return text == LOOPRING or _CHAIN.fullmatch(text) is not None


@dataclass(frozen=True)
class Names:
    """The networks that can be asked, and what they are called.

    Args:
        networks: In the order in which their answers are preferred.
        aliases: From the configured name of a source to its network.
    """

    networks: tuple[str, ...] = (LOOPRING,)
    aliases: Mapping[str, str] = field(default_factory=dict)

    def parse_account(self, text: str) -> AccountRef:
        """What a person typed, as a reference to an account.

        Raises:
            InputError: with a sentence that says what is accepted.
        """
        refuse_secrets(text)
        text = bare_text(text)
        if link := _only_link(text):
            text = _account_behind(link)
        if mentioned_member(text) is not None:
            raise InputError(_A_MEMBER, accepted=self._accepted())
        network, rest = self._split(self._without_scheme(text))
        rest = rest.removeprefix("#").strip()
        if re.fullmatch(r"[0-9]+", rest):
            return AccountRef(self._numbered(network, rest), RefKind.ID, self._account_number(rest))
        if len(self.networks) == 1:
            network = self.networks[0]
        if is_like_an_address(rest):
            return AccountRef(network, RefKind.OWNER, account_address(rest, self._accepted()))
        if rest[:2].lower() == "0x":
            raise InputError(_HALF_ADDRESS, typed=_echo(rest), accepted=self._accepted())
        if is_like_a_name(rest):
            return AccountRef(network, RefKind.NAME, normalized_name(rest, self._accepted()))
        if not rest:
            raise InputError(_NO_ACCOUNT, accepted=self._accepted())
        raise InputError(_NOT_AN_ACCOUNT, typed=_echo(rest), accepted=self._accepted())

    def parse_collection(self, text: str) -> tuple[str, str]:
        """Network and id of a collection: a number of Loopring's (`254`, `#254`), or a contract on a chain.

        Raises:
            InputError: with a sentence that says what is accepted.
        """
        refuse_secrets(text)
        text = bare_text(text)
        if link := _only_link(text):
            text = _collection_behind(link)
        network, rest = self._split(text)
        rest = rest.removeprefix("#").strip()
        # 18 digits stay below 2**63, the widest id that a JSON reader on the other side can be trusted with.
        if re.fullmatch(r"[0-9]{1,40}", rest):
            digits = rest.lstrip("0")
            if 0 < len(digits) <= 18:  # noqa: PLR2004 - see above
                return self._numbered(network, rest), digits
        elif is_like_an_address(rest):
            address = contract_address(rest)
            chains = [network] if network else [name for name in self.networks if not is_numbered(name)]
            if len(chains) == 1 and not is_numbered(chains[0]):
                return chains[0], address
            if chains[1:]:
                raise InputError(_WHICH_CHAIN, choices=_listed(f"{name}:{rest}" for name in chains))
        message = _NOT_A_COLLECTION_ANYWHERE if self._has_chain() else _NOT_A_COLLECTION
        raise InputError(message(typed=_echo(text)))

    def _without_scheme(self, text: str) -> str:
        """What a wallet's code says is to be paid, without its scheme, where that names no network of this bot."""
        scheme, _, target = text.partition(":")
        if scheme.lower() != _SCHEME or {self.aliases.get(_SCHEME), chain_called(_SCHEME)} & {*self.networks}:
            return text
        target = visible_text(target)
        return target if is_like_an_address(target) or is_like_a_name(target) else text

    def _split(self, text: str) -> tuple[str, str]:
        """The network that is named before the colon, or "", and the rest."""
        prefix, colon, rest = text.rpartition(":")
        if not colon:
            return "", visible_text(text)
        network = visible_text(prefix).lower()
        if network not in self.networks:
            network = self.aliases.get(network) or chain_called(network) or network
        if network in self.networks:
            return network, visible_text(rest)
        known = _listed(self.networks)
        if _CHAIN.fullmatch(network):
            raise InputError(_UNKNOWN_CHAIN, chain=network.removeprefix("eip155:"), known=known)
        raise InputError(_UNKNOWN_SOURCE, typed=_echo(prefix), known=known, accepted=self._accepted())

    def _numbered(self, network: str, digits: str) -> str:
        """The network whose accounts are numbers: the one named, or the only one there is."""
        if network and not is_numbered(network):
            raise InputError(_NO_NUMBERS_THERE, network=network)
        candidates = [network] if network else [name for name in self.networks if is_numbered(name)]
        if self.networks[0] in candidates:
            return self.networks[0]
        if not candidates:
            raise InputError(_NO_LOOPRING, accepted=self._accepted())
        if len(candidates) > 1:
            raise InputError(_WHICH_NETWORK, choices=_listed(f"{n}:{digits}" for n in candidates))
        return candidates[0]

    def _account_number(self, digits: str) -> str:
        # Checked before int(), which refuses thousands of digits with a sentence of its own.
        digits = digits.lstrip("0")
        if not digits or len(digits) > len(str(_MAX_ACCOUNT_ID)) or int(digits) > _MAX_ACCOUNT_ID:
            raise InputError(_ACCOUNT_RANGE, most=_MAX_ACCOUNT_ID, accepted=self._accepted())
        return digits

    def knows_numbers(self) -> bool:
        """Whether an account can be named by its number alone."""
        return is_numbered(self.networks[0])

    def _has_chain(self) -> bool:
        return not all(map(is_numbered, self.networks))

    def _accepted(self) -> Words:
        return _ACCEPTED_WITH_IDS() if any(map(is_numbered, self.networks)) else _ACCEPTED()


def mentioned_member(text: str) -> int | None:
    """The Discord id of the member that a text mentions (`@member`, as Discord sends it) and nothing else, or None."""
    found = _MEMBER.fullmatch(text.strip())
    return int(found["user_id"]) if found else None


def parse_contract(text: str) -> str:
    """A contract address, lower case.

    Raises:
        InputError: with a sentence that says what is accepted.
    """
    refuse_secrets(text)
    text = visible_text(bare_text(text))
    if not is_like_an_address(text):
        raise InputError(_NOT_A_CONTRACT, typed=_echo(text))
    return contract_address(text)


def _only_link(text: str) -> PastedLink | None:
    """What a link leads to; None: there is none.

    Raises:
        InputError: there is more than one link alone.
    """
    link = read_link(text)
    if link is None and "://" in text:
        raise InputError(_MORE_THAN_A_LINK)
    return link


def _account_behind(link: PastedLink) -> str:
    """What a link says of an account, as somebody would type it."""
    if link.holder:
        return link.holder
    if link.page is not Page.ACCOUNT:
        raise InputError(_PAGE_OF, page=link.page.value(), wanted=Page.ACCOUNT.value())
    # One address has accounts on many networks, whichever of them the page shows.
    return link.value if not link.network or is_like_an_address(link.value) else f"{link.network}:{link.value}"


def _collection_behind(link: PastedLink) -> str:
    """What a link says of a collection, as somebody would type it: the contract, also on its page as an account."""
    is_contract = is_like_an_address(link.value)
    if link.page not in (Page.COLLECTION, Page.ACCOUNT) or not (is_contract or link.network):
        raise InputError(_PAGE_OF, page=link.page.value(), wanted=Page.COLLECTION.value())
    # Loopring's explorer shows contracts of a chain, and does not say of which.
    is_of_no_chain = not link.network or (is_contract and is_numbered(link.network))
    return link.value if is_of_no_chain else f"{link.network}:{link.value}"


def _echo(text: str) -> str:
    return safe_text(text, 50, plain=True)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
