"""How people and files name accounts and collections, parsed in one place.

10001, #254                    a number of Loopring's
0x…                            an owner's address, on any network
vitalik.eth                    a name of such an address
loopring:10001                 with its network: `loopring`, or a chain as in CAIP-2
eip155:1:0x19e7…               with its chain, as in CAIP-10
ethereum:0x19e7…               with the configured name of its source
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.errors import InputError
from bot.holdings import LOOPRING
from bot.messages import Message, Words
from bot.text import safe_text

_HALF_ADDRESS = Message("“{typed}” is not a whole address: an address is 0x and 40 hex digits. {accepted}")
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
_LOOKS_LIKE_A_KEY = Message(
    "That looks like a private key or a seed phrase: consider it exposed, move what it holds to a new wallet now, and "
    "never type one anywhere, as Tessera never needs one."
)
_NOT_A_CONTRACT = Message("“{typed}” is not a contract address: use 0x and 40 hex digits.")

# Account ids are 32 bits wide in Loopring's circuits (protocols, Constants.NUM_BITS_ACCOUNT); 0 is the exchange itself.
_MAX_ACCOUNT_ID = 2**32 - 1
_ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{40}")
_NAME = re.compile(r"(?=.{5,255}$)(?:[^\s.:/@<>`*_|\\]{1,63}\.)+eth", re.IGNORECASE)
# Keys and seed phrases: nobody may ever see these. An answer would repeat them, and a log store them.
# A key has 64 hex digits, fewer where leading zeros are left out (L2 keys); nothing that is asked for has more than 40,
# but for signatures, which have 128 and more.
_MUCH_HEX = re.compile(r"[0-9a-fA-F]{48,}")
_LONGEST_KEY = 127
# What is between the digits of its hex are no words.
_SIGNATURE = re.compile(r"(?:[0-9a-fA-F]\W*){128,}")
# Lists of seed words have words of three to eight letters in Latin script, and down to one letter in others.
_WORD = re.compile(r"[^\W\d_]+")
_SEED_WORDS = 12
_SEED_LETTERS = range(3, 9)
_MOST_READ = 10_000  # Discord accepts 6,000 characters
_CHAIN = re.compile(r"eip155:(?:0|[1-9][0-9]{0,18})")
# Control characters, bidi marks and surrogates: with them a name is not what it looks like.
_UNSEEN = ("Cc", "Cf", "Cs")


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


def is_numbered(network: str) -> bool:
    """Whether accounts and collections of a network are numbers (Loopring's), not addresses (a chain's)."""
    return not network.startswith("eip155:")


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
        network, rest = self._split(text.strip())
        if re.fullmatch(r"[0-9]+", rest):
            return AccountRef(self._numbered(network, rest), RefKind.ID, self._account_number(rest))
        if len(self.networks) == 1:
            network = self.networks[0]
        if _ADDRESS.fullmatch(rest):
            return AccountRef(network, RefKind.OWNER, rest.lower())
        if rest[:2].lower() == "0x":
            raise InputError(_HALF_ADDRESS, typed=_echo(rest), accepted=self._accepted())
        if _NAME.fullmatch(rest) and not any(unicodedata.category(char) in _UNSEEN for char in rest):
            return AccountRef(network, RefKind.NAME, rest.lower())
        if not rest:
            raise InputError(_NO_ACCOUNT, accepted=self._accepted())
        raise InputError(_NOT_AN_ACCOUNT, typed=_echo(rest), accepted=self._accepted())

    def parse_collection(self, text: str) -> tuple[str, str]:
        """Network and id of a collection: a number of Loopring's (`254`, `#254`), or a contract on a chain.

        Raises:
            InputError: with a sentence that says what is accepted.
        """
        refuse_secrets(text)
        network, rest = self._split(text.strip())
        rest = rest.removeprefix("#")
        # 18 digits stay below 2**63, the widest id that a JSON reader on the other side can be trusted with.
        if re.fullmatch(r"[0-9]{1,40}", rest):
            digits = rest.lstrip("0")
            if 0 < len(digits) <= 18:  # noqa: PLR2004 - see above
                return self._numbered(network, rest), digits
        elif _ADDRESS.fullmatch(rest):
            chains = [network] if network else [name for name in self.networks if not is_numbered(name)]
            if len(chains) == 1 and not is_numbered(chains[0]):
                return chains[0], rest.lower()
            if chains[1:]:
                raise InputError(_WHICH_CHAIN, choices=_listed(f"{name}:{rest}" for name in chains))
        message = _NOT_A_COLLECTION_ANYWHERE if self._has_chain() else _NOT_A_COLLECTION
        raise InputError(message(typed=_echo(text)))

    def _split(self, text: str) -> tuple[str, str]:
        """The network that is named before the colon, or "", and the rest."""
        prefix, colon, rest = text.rpartition(":")
        if not colon:
            return "", text
        network = prefix.strip().lower()
        if network not in self.networks:
            network = self.aliases.get(network, network)
        if network in self.networks:
            return network, rest.strip()
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

    def _has_chain(self) -> bool:
        return not all(map(is_numbered, self.networks))

    def _accepted(self) -> Words:
        return _ACCEPTED_WITH_IDS() if any(map(is_numbered, self.networks)) else _ACCEPTED()


def refuse_secrets(text: str, *, signature: bool = False, phrases: bool = True) -> None:
    """Refuse what looks like a key or a seed phrase, or has one in it, and repeat nothing of it.

    Args:
        text: What was typed.
        signature: It was typed where a signature is asked for, which is longer than any key.
        phrases: Seed phrases too; False: something else looks for these, which knows the words that are no part of any.

    Raises:
        InputError: with a sentence that says what to do now.
    """
    plain = unicodedata.normalize("NFKC", text[:_MOST_READ])
    words = _SIGNATURE.sub(" ", plain) if signature else plain
    if _has_key(plain, _LONGEST_KEY if signature else _MOST_READ) or (phrases and _has_seed_phrase(words)):
        raise InputError(_LOOKS_LIKE_A_KEY)


def _has_key(text: str, longest: int) -> bool:
    """Whether there is much hex in a text, also where blanks or invisible characters divide it."""
    compact = "".join(char for char in text if not char.isspace() and unicodedata.category(char) != "Cf")
    return any(len(run) <= longest and not run.isdecimal() for run in _MUCH_HEX.findall(compact))


def _has_seed_phrase(text: str) -> bool:
    words = _WORD.findall(text)
    return sum(len(word) in _SEED_LETTERS or not word.isascii() for word in words) >= _SEED_WORDS


def parse_contract(text: str) -> str:
    """A contract address, lower case.

    Raises:
        InputError: with a sentence that says what is accepted.
    """
    refuse_secrets(text)
    text = text.strip()
    if not _ADDRESS.fullmatch(text):
        raise InputError(_NOT_A_CONTRACT, typed=_echo(text))
    return text.lower()


def _echo(text: str) -> str:
    return safe_text(text, 50, plain=True)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
