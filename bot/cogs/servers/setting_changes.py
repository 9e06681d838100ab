"""Changes of a server's settings, from the ones before: pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.errors import InputError, UndecidedError
from bot.gates.gate import GuildSettings
from bot.gates.rule import CollectionRef
from bot.holdings import Account
from bot.messages import Message

# What one embed and one look hold. A server that needs more wants a role, or a rule with a list.
MOST = 100
_TOO_MANY = Message("At most {most} of these can be set in a server: remove some first. Nothing was changed.")
MEMBER_OR_ROLE = Message("Name a member or a role, or both.")
_ROLES_NOT_REPORTED = Message(
    "Discord has not yet reported which roles this server has. Nothing was changed: try again in a minute."
)
_NOT_PROTECTED = Message("Neither is protected here: nothing was changed. `/settings show` lists who is.")
_SEEN_OR_NAMED = Message("Choose `requirements` or `addresses`, or both. Nothing was changed.")
_NOT_EXCLUDED = Message("That counts here already: nothing was changed. `/settings show` lists what does not.")


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Accounts and collections that are to count no more, or again."""

    accounts: frozenset[Account]
    collections: frozenset[CollectionRef]

    def words(self) -> str:
        """What they are."""
        return ", ".join(f"`{each}`" for each in [*map(str, self.accounts), *map(str, self.collections)])


def protecting(settings: GuildSettings, member_id: int | None, role_id: int | None) -> GuildSettings:
    """The settings with a member, a role, or both protected.

    Raises:
        InputError: that would be too many.
    """
    return _limited(
        replace(
            settings,
            protected_members=settings.protected_members | ({member_id} if member_id else set()),
            protected_roles=settings.protected_roles | ({role_id} if role_id else set()),
        )
    )


def unprotecting(settings: GuildSettings, member_id: int | None, role_id: int | None) -> GuildSettings:
    """The settings without the protection of a member, a role, or both.

    Raises:
        InputError: neither is protected.
    """
    changed = replace(
        settings,
        protected_members=settings.protected_members - {member_id},
        protected_roles=settings.protected_roles - {role_id},
    )
    if changed == settings:
        raise InputError(_NOT_PROTECTED)
    return changed


def unprotecting_deleted(settings: GuildSettings, known: Collection[int] | None) -> GuildSettings:
    """The settings without the protection of roles that there are no longer.

    Args:
        settings: The present ones.
        known: The roles that there are; None: not known yet.

    Raises:
        UndecidedError: it is not known.
        InputError: all that are protected are there.
    """
    if known is None:
        raise UndecidedError(_ROLES_NOT_REPORTED)
    remaining = settings.protected_roles.intersection(known)
    if remaining == settings.protected_roles:
        raise InputError(MEMBER_OR_ROLE)
    return replace(settings, protected_roles=remaining)


def seeing(settings: GuildSettings, *, requirements: bool | None, addresses: bool | None) -> GuildSettings:
    """The settings with another visibility; None: as it was.

    Raises:
        InputError: both are None.
    """
    if requirements is None and addresses is None:
        raise InputError(_SEEN_OR_NAMED)
    return replace(
        settings,
        shows_requirements=settings.shows_requirements if requirements is None else requirements,
        shows_addresses=settings.shows_addresses if addresses is None else addresses,
    )


def excluding(settings: GuildSettings, what: Exclusions) -> GuildSettings:
    """The settings in which that never counts.

    Raises:
        InputError: that would be too many.
    """
    return _limited(
        replace(
            settings,
            excluded_accounts=settings.excluded_accounts | what.accounts,
            excluded_collections=settings.excluded_collections | what.collections,
        )
    )


def including(settings: GuildSettings, what: Exclusions) -> GuildSettings:
    """The settings in which that counts again.

    Raises:
        InputError: it was not excluded.
    """
    changed = replace(
        settings,
        excluded_accounts=settings.excluded_accounts - what.accounts,
        excluded_collections=settings.excluded_collections - what.collections,
    )
    if changed == settings:
        raise InputError(_NOT_EXCLUDED)
    return changed


def _limited(settings: GuildSettings) -> GuildSettings:
    lists = (
        settings.protected_members,
        settings.protected_roles,
        settings.excluded_accounts,
        settings.excluded_collections,
    )
    if any(len(each) > MOST for each in lists):
        raise InputError(_TOO_MANY, most=MOST)
    return settings
