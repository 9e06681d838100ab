"""Which sources say whose an account is, as far as a proof may rest on it. Pure: what follows from what was said.

    agree             all sources that can speak about the account say the same; with one source that is its word
    first             the word of the first source that answers, in the order of the settings and their fallbacks
    archive:<sha256>  the word of the archive whose file has that hash, and of no other source

An archive that does not contain the account cannot speak about it. A live source that knows no such account speaks: it
contradicts one that names an owner. A source that gives no usable answer is silent, and nothing is decided without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import ConfigError, ContradictionError, NotFoundError, NotRecordedError, TesseraError, UnavailableError
from bot.holdings import Account
from bot.messages import Message
from bot.names import is_numbered
from bot.sources.capabilities import archive_hash, each_of
from bot.sources.source import Source
from bot.store.linking.owner_table import FIRST, RuleInForce

_SILENCE = Message("Who owns {account} cannot be confirmed right now, as not every source answers. Try again later.")
CANNOT_BE_DECIDED = Message("Who owns {account} cannot be decided: this bot's operator must look at that.")
_NO_ARCHIVE = Message(
    "[linking] owners names an archive by its SHA-256, and no [[source]] is an archive of accounts with numbers. "
    "Add it, or set owners to agree or first."
)
_OTHER_ARCHIVE = Message(
    "[linking] owners names the archive {wanted}, and no [[source]] has that SHA-256. Found: {found}. "
    "Put the right file in its place, or set owners to the hash of one that you trust."
)

AGREE = "agree"
_ARCHIVE = "archive:"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says about who owns an account.

    Attributes:
        source: Its name.
        owner: The address that it names, "" for none.
        error: Why it names none.
    """

    source: str
    owner: str = ""
    error: TesseraError | None = None

    @property
    def denies(self) -> bool:
        """It knows that there is no such account."""
        return isinstance(self.error, NotFoundError)

    @property
    def is_silent(self) -> bool:
        """It gave no usable answer; what it would say is not known."""
        return not self.owner and not isinstance(self.error, NotFoundError | NotRecordedError)

    def __str__(self) -> str:
        if self.owner:
            return f"{self.source} says {self.owner[:6]}…{self.owner[-4:]}"
        return f"{self.source} says that there is none" if self.denies else f"{self.source} says nothing"


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """The rule in force; `text` is as in the settings."""

    text: str = AGREE

    @property
    def archive(self) -> str:
        """The SHA-256 of the archive whose answers alone count, "" where none is named."""
        return self.text.removeprefix(_ARCHIVE) if self.text.startswith(_ARCHIVE) else ""

    def speakers(self, source: Source) -> tuple[Source, ...]:
        """The sources of a network whose answers count, in the order of the settings."""
        all_of_them = each_of(source)
        if self.archive:
            return tuple(each for each in all_of_them if archive_hash(each) == self.archive)
        return all_of_them

    def basis(self, source: Source) -> str:
        """What is stored with a fact that is found under this rule: it holds as long as the same sources are asked."""
        if self.archive or self.text == FIRST:
            return self.text
        return f"{AGREE}:{','.join(each.name for each in each_of(source))}"

    def one_is_enough(self, source: Source) -> bool:
        """Whether the first word of any source of a network is all that this rule asks for."""
        return not self.archive and (self.text == FIRST or len(each_of(source)) == 1)

    def in_force(self, source: Source) -> RuleInForce:
        """How the facts of a network that are stored are judged.

        Those whose source was not recorded are taken for the word of the only source, if it is a live one: it may be
        gone by now, and its members cannot prove anything again. An archive can be asked again, and says what it says.
        """
        names = tuple(each.name for each in each_of(source))
        is_heir = self.one_is_enough(source) and len(names) == 1 and not archive_hash(source)
        return RuleInForce(self.basis(source), names, heir=names[0] if is_heir else "")

    def describe(self, source: Source) -> str:
        """For the operator: the rule in force for a network, and who can speak about it."""
        names = ", ".join(each.name for each in self.speakers(source))
        if len(each_of(source)) == 1:
            return f"who owns an account of {source.network} is what {names} says: it is the only source that knows"
        if self.archive:
            return f"who owns an account of {source.network} is what the archive {names} says, and no other source"
        if self.basis(source) == FIRST:
            return f"who owns an account of {source.network} is the word of the first of these that answers: {names}"
        return f"who owns an account of {source.network} is what all of these agree on: {names}"

    def require_archive(self, sources: Sequence[Source]) -> None:
        """Refuse to start without the archive that is named.

        Raises:
            ConfigError: no source is that archive.
        """
        if not self.archive:
            return
        numbered = [each for source in sources if is_numbered(source.network) for each in each_of(source)]
        found = {each.name: archive_hash(each) for each in numbered if archive_hash(each)}
        if not found:
            raise ConfigError(_NO_ARCHIVE)
        if self.archive not in found.values():
            listed = ", ".join(f"{name} is {sha256}" for name, sha256 in found.items())
            raise ConfigError(_OTHER_ARCHIVE, wanted=self.archive, found=listed)


def agreed_owner(account: Account, statements: Sequence[Statement]) -> tuple[str, tuple[str, ...]]:
    """The address that all who can speak name, and the names of those sources.

    Raises:
        ContradictionError: they do not name the same, or one knows that there is no such account.
        UnavailableError: one is silent, so what it would say is not known.
        NotFoundError: there is no such account.
        NotRecordedError: it is in none of the archives, and there is no other source.
    """
    named = [each for each in statements if each.owner]
    denying = [each for each in statements if each.denies]
    if contradicts(statements):
        raise ContradictionError(CANNOT_BE_DECIDED, account=account)
    silent = [each for each in statements if each.is_silent]
    if silent and len(statements) > 1:
        raise UnavailableError(_SILENCE, account=account) from silent[0].error
    if named:
        return named[0].owner, tuple(each.source for each in named)
    for unanswered in (*silent, *denying, *statements):
        if unanswered.error:
            raise unanswered.error
    raise ContradictionError(CANNOT_BE_DECIDED, account=account)  # nobody here may speak about that network


def contradicts(statements: Sequence[Statement]) -> bool:
    """Whether what was said cannot all be true; who is silent might still agree with either."""
    owners = {each.owner for each in statements if each.owner}
    return len(owners) > 1 or (bool(owners) and any(each.denies for each in statements))
