"""What happened, as it was seen from outside of the bot: by the source, by Discord, by members and admins."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Served:
    """The source answered for one account: so many NFTs; `is_whole` only where nothing of the answer was missing."""

    minute: int
    kinds: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A role of a member changed at Discord, by the bot.

    Attributes:
        minute: When.
        user_id: The member.
        role_id: The role.
        is_given: Given, or taken.
        is_from_bot: Whether the bot had given it (or gives it now).
        is_deserved: Whether the member truly qualified for that role at this moment.
        had_higher: Whether they had a higher role of its ladder at this moment.
        losing: Of the role's holders, how many had no NFT as the source's last answers said.
        holders: How many had that role from the bot.
    """

    minute: int
    user_id: int
    role_id: int
    is_given: bool
    is_from_bot: bool
    is_deserved: bool
    had_higher: bool
    losing: int
    holders: int


@dataclass(slots=True)
class History:
    """Everything, in order.

    Attributes:
        served: Account → answers.
        moved: Changes of roles at Discord.
        announced: What the bot reported to the log channel: minute, member, role, whether it was given.
        approved: Member and role → when an admin approved the removal.
        own_acts: Member → when they unlinked.
        misreported: Members whom Discord reported twice in a row without the roles that they had.
        lost_links: Links that the store does not have any more, or has for another member.
        lost: When a member ceased to qualify for a role, in truth: member and role → minute; gone when they buy again.
        delays: How long after that each role was taken.
        alerts: How often an admin was alerted.
        readings: How often the source was asked.
    """

    served: defaultdict[str, list[Served]] = field(default_factory=lambda: defaultdict(list))
    moved: list[Moved] = field(default_factory=list)
    announced: list[tuple[int, int, int, bool]] = field(default_factory=list)
    approved: dict[tuple[int, int], int] = field(default_factory=dict)
    own_acts: dict[int, int] = field(default_factory=dict)
    misreported: set[int] = field(default_factory=set)
    lost_links: list[str] = field(default_factory=list)
    lost: dict[tuple[int, int], int] = field(default_factory=dict)
    delays: list[int] = field(default_factory=list)
    alerts: int = 0
    readings: int = 0
