"""What `/health` is judged from: values, gathered from Discord, the store and sync."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.cogs.servers.log_problems import Unposted
from bot.config.sync_table import SyncSettings
from bot.gates.gate import Gate, GuildSettings
from bot.gates.rule_needs import Aliases
from bot.messages import Words
from bot.roles.eligibility import GuildRoles
from bot.sync.results import SyncStatus


@dataclass(frozen=True, slots=True)
class LogChannel:
    """The channel for role changes.

    Attributes:
        channel_id: Its id; None: none is set.
        exists: Whether it is there, and the bot can see it.
        missing: Permissions that the bot lacks there, by Discord's names; None: not known yet.
        unposted: What could not be posted there lately; None: nothing.
    """

    channel_id: int | None = None
    exists: bool = True
    missing: Sequence[str] | None = ()
    unposted: Unposted | None = None


@dataclass(frozen=True, slots=True)
class Intents:
    """Which optional reports of Discord the bot gets in a server.

    Attributes:
        moderation: Role changes by others are reported.
        members: Joins are reported.
        sees_audit_log: It may see who changed a role; None: not known yet.
    """

    moderation: bool = False
    members: bool = False
    sees_audit_log: bool | None = False


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source that is configured.

    Attributes:
        network: Which it knows.
        label: For people.
        is_live: It reports the present state; False: one that does not change any more.
        unchanged_since: As of when that state is, as far as is known.
    """

    network: str
    label: Words | str
    is_live: bool = True
    unchanged_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that does not answer: since when, and what its latest error says."""

    at: datetime
    words: str = ""


@dataclass(frozen=True, slots=True)
class HealthFacts:
    """All of it, for one server.

    Attributes:
        now: The moment of the check, by this machine's clock.
        roles: The server's roles; None: Discord has not reported the server, or the bot's own roles in it (yet).
        gates: Its gates.
        aliases: Which collections count as the same there.
        settings: What its admins have set.
        sources: All that are configured.
        channel: Its log channel.
        intents: What is reported.
        status: How sync stands; None: that cannot be found out.
        patience: `[sync]` of the configuration.
        failing: Sources that do not answer: label → since when, as this process has seen it, and why.
        clock_skew: By how much this machine's clock is ahead of Discord's; None: not known.
        protected_roles_gone: How many protected roles were deleted.
        admin_role_gone: The role that may configure was deleted.
    """

    now: datetime
    roles: GuildRoles | None
    gates: Sequence[Gate] = ()
    aliases: Aliases = field(default_factory=dict)
    settings: GuildSettings = field(default_factory=GuildSettings)
    sources: Sequence[SourceFacts] = ()
    channel: LogChannel = field(default_factory=LogChannel)
    intents: Intents = field(default_factory=Intents)
    status: SyncStatus | None = None
    patience: SyncSettings = field(default_factory=SyncSettings)
    failing: Mapping[Words | str, Failure] = field(default_factory=dict)
    clock_skew: timedelta | None = None
    protected_roles_gone: int = 0
    admin_role_gone: bool = False
