"""The commands about roles and servers, built and added to the client: a part of the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.app.snapshot_parts import snapshot_desk
from bot.cogs.gates.gate_names import CollectionNames
from bot.cogs.gates.hold_cog import HoldCog
from bot.cogs.gates.role_events import RoleEventsCog
from bot.cogs.gates.sync_cog import SyncCog
from bot.cogs.holders.holder_desk import HolderDesk
from bot.cogs.holders.holders_cog import HoldersCog
from bot.cogs.holders.member_check import MemberCheck
from bot.cogs.holdings.collections_cog import Collections
from bot.cogs.holdings.member_menu_cog import MemberMenuCog
from bot.cogs.linking.proof_messages import ProofMessages
from bot.cogs.linking.welcome_card import Welcome
from bot.cogs.members.refreshing import Refreshing
from bot.cogs.members.role_follow_up import RoleFollowUp
from bot.cogs.members.roles_cog import RolesCog
from bot.cogs.members.seen_members import SeenMembers
from bot.cogs.servers.greeting_cog import GreetingCog
from bot.cogs.servers.health_cog import HealthCog
from bot.cogs.servers.log_problems import LogProblems
from bot.cogs.servers.panel_cog import PanelCog
from bot.cogs.servers.settings_cog import SettingsCog
from bot.config.settings import Settings
from bot.gates.gate import GuildSettings
from bot.gates.rule import CollectionRef
from bot.linking.proof_methods import proof_method_of
from bot.linking.shares import Shares
from bot.links.proofs import ProofMethod
from bot.lookup.lookup import Lookup
from bot.pictures.studio import Studio
from bot.roles.eligibility import GuildRoles
from bot.store import Store
from bot.store.pseudonyms import pseudonyms
from bot.sync.holder_gaps import HolderGaps
from bot.sync.sync import Sync
from bot.ui.client import Bot


def welcome_of(settings: Settings, lookup: Lookup) -> Welcome:
    """What somebody sees who has no account here yet."""
    return Welcome(
        has_page=proof_method_of(settings) is not ProofMethod.PASTE,
        knows_numbers=lookup.names.knows_numbers(),
    )


@dataclass(frozen=True, slots=True)
class RoleParts:
    """What the commands about accounts and those about roles share.

    Attributes:
        store: Holds settings and gates.
        sync: Judges.
        defaults: What a server has that has set nothing.
        refreshing: Reads how members stand.
        follow_up: Says what a proof brought, and what a removal costs.
        seen: Passes on who was seen; to be closed.
        clock: Returns the present as an aware datetime.
        names: The names of collections in a server, safe to show.
        log_problems: What could not be posted in log channels.
    """

    store: Store
    sync: Sync
    defaults: GuildSettings
    refreshing: Refreshing
    follow_up: RoleFollowUp
    seen: SeenMembers
    clock: Callable[[], datetime]
    names: Callable[[int], Awaitable[Mapping[CollectionRef, str]]]
    log_problems: LogProblems = field(default_factory=LogProblems)

    @classmethod
    def over(
        cls,
        bot: Bot,
        settings: Settings,
        store: Store,
        sync: Sync,
        names: Callable[[int], Awaitable[Mapping[CollectionRef, str]]],
        clock: Callable[[], datetime],
    ) -> RoleParts:
        """All of it, over what is there; from now on the client passes on whom it sees."""
        defaults = GuildSettings(grace=settings.sync.grace)
        refreshing = Refreshing(sync, store.guild_settings, defaults=defaults, names=names, clock=clock)
        seen = SeenMembers(sync.seen)
        bot.observe(seen.notice)
        return cls(store, sync, defaults, refreshing, RoleFollowUp(bot, sync, refreshing), seen, clock, names)


async def add_role_cogs(
    bot: Bot,
    settings: Settings,
    lookup: Lookup,
    parts: RoleParts,
    proofs: ProofMessages,
    collections: Collections,
    guild_roles: Callable[[int], GuildRoles | None],
    studio: Studio,
) -> None:
    """Add the commands of members, moderators and admins, but those that decide about gates."""
    store, defaults, expires = parts.store, parts.defaults, settings.discord.buttons_expire_seconds
    table = store.guild_settings
    roles = RolesCog(bot, parts.refreshing, expires=expires, welcome=welcome_of(settings, lookup))
    await bot.add_cog(roles)
    await bot.add_cog(_holders_cog(bot, settings, lookup, parts, studio))
    await bot.add_cog(MemberMenuCog(bot, collections))
    await bot.add_cog(SyncCog(bot, parts.sync, table, parts.names, expires=expires))
    await bot.add_cog(HoldCog(bot, parts.sync, table, expires=expires))
    events = RoleEventsCog(bot, parts.sync)
    parts.sync.outbox.taken_by = events.taken_by
    await bot.add_cog(events)
    changed = parts.sync.gates_changed
    await bot.add_cog(
        SettingsCog(bot, table, lookup, defaults=defaults, clock=parts.clock, changed=changed, expires=expires)
    )
    await bot.add_cog(
        PanelCog(
            bot,
            table,
            defaults=defaults,
            public_url=settings.web.public_url,
            verify=proofs.begin,
            roles=roles.show_roles,
            refresh=roles.show_refreshed,
        )
    )
    await bot.add_cog(GreetingCog(bot, store, parts.clock))
    health = HealthCog(
        bot,
        store,
        lookup,
        parts.sync,
        guild_roles=guild_roles,
        patience=settings.sync,
        defaults=defaults,
        log_problems=parts.log_problems,
    )
    await bot.add_cog(health)


def _holders_cog(bot: Bot, settings: Settings, lookup: Lookup, parts: RoleParts, studio: Studio) -> HoldersCog:
    """The commands about holders."""
    store, expires, token = parts.store, settings.discord.buttons_expire_seconds, settings.discord.token
    assert token is not None  # noqa: S101 - the bot does not start without one
    desk = HolderDesk(
        bot,
        store,
        parts.sync,
        lookup,
        CollectionNames(store, lookup),
        pseudonym=pseudonyms(token.get_secret_value()),
        clock=parts.clock,
        expires=expires,
    )
    check = MemberCheck(bot, parts.refreshing, Shares(store), expires=expires)
    gaps = HolderGaps(lookup, parts.sync.holders.lists, parts.clock)
    snapshots = snapshot_desk(bot, settings, store, lookup, desk.names, parts.clock)
    return HoldersCog(desk, check, gaps, snapshots, studio)
