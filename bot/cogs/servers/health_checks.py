"""Everything that is wrong, or soon will be, each with how to repair it: pure, from `HealthFacts` alone."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cogs.servers.health_facts import HealthFacts
from bot.cogs.servers.health_finding import Finding, by_count, fine, since, wrong
from bot.cogs.servers.health_gates import of_roles
from bot.cogs.servers.health_settings import of_settings
from bot.cogs.servers.health_sources import of_sources
from bot.cogs.servers.health_sync import of_configuration, of_sync
from bot.cogs.servers.log_problems import LogProblem, Unposted
from bot.cogs.servers.settings_embeds import span_words
from bot.text.plural import plural


def findings(facts: HealthFacts) -> list[Finding]:
    """All of them: what is wrong first."""
    found = [
        *of_roles(facts),
        *of_sources(facts),
        *of_settings(facts),
        *_channel(facts),
        *_intents(facts),
        *of_sync(facts),
        *of_configuration(facts),
    ]
    return sorted(found, key=lambda each: each.is_fine)


def _channel(facts: HealthFacts) -> Iterator[Finding]:
    channel = facts.channel
    if channel.channel_id is None:
        yield wrong("There is no log channel: nobody sees role changes and alerts.", "`/settings log` sets one.")
    elif facts.roles is None or channel.missing is None:
        return  # nothing is known of it now, which is said once
    elif not channel.exists:
        yield wrong(
            f"The log channel is gone, or Tessera cannot see it.{_dropped(channel.unposted)}",
            "Give it View Channel there, or `/settings log` sets another.",
        )
    elif channel.missing:
        fix = f"Give its role {', '.join(channel.missing)} in that channel, or `/settings log` sets another."
        yield wrong(f"Tessera cannot post in <#{channel.channel_id}>.{_dropped(channel.unposted)}", fix)
    elif channel.unposted:
        why = "said that it is gone" if channel.unposted.problem is LogProblem.CHANNEL_GONE else "refused it"
        yield wrong(
            f"Tessera has every permission in <#{channel.channel_id}>, and yet Discord {why}."
            f"{_dropped(channel.unposted)}",
            "See whether AutoMod, a time-out or a setting of the server keeps Tessera out, or let `/settings log` set "
            "another channel.",
        )
    else:
        yield fine(f"Role changes are posted in <#{channel.channel_id}>.")
    if facts.admin_role_gone:
        fix = "`/settings admin-role` names another."
        yield wrong("The role that may configure Tessera was deleted.", fix)
    if facts.protected_roles_gone:
        gone = facts.protected_roles_gone
        were, protect = by_count(gone, "was", "were"), by_count(gone, "it protects", "they protect")
        yield wrong(
            f"{plural(gone, 'protected role')} {were} deleted: {protect} nobody.",
            "`/settings unprotect` without a member or a role forgets what was deleted; `/settings protect` names "
            "another role.",
        )


def _dropped(unposted: Unposted | None) -> str:
    if unposted is None:
        return ""
    were = by_count(unposted.count, "was", "were")
    return f" {plural(unposted.count, 'message')} {were} not posted since {since(unposted.since)}."


def _intents(facts: HealthFacts) -> Iterator[Finding]:
    """Optional: what is lost without each is said, and nothing is wrong."""
    intents = facts.intents
    if intents.moderation and intents.sees_audit_log is False:
        yield wrong(
            "Role changes by others are reported, but not by whom.",
            "Give the role of Tessera View Audit Log, or switch `moderation_intent` off.",
        )
    elif intents.moderation and intents.sees_audit_log:
        yield fine("Role changes by others are known at once, and by whom.")
    elif not intents.moderation:
        hours = span_words(facts.patience.drift)
        yield fine(
            f"Optional: role changes by others are found within {hours}, and not by whom. With `moderation_intent` and "
            "View Audit Log they are known at once.",
        )
    if intents.members:
        yield fine("Joins are known at once: roles are restored on return.")
    else:
        yield fine(
            "Optional: members who join again get their roles back with their first command, or within some hours. "
            "With `members_intent` at once.",
        )
