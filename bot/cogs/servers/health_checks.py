"""Everything that is wrong, or soon will be, each with how to repair it: pure, from `HealthFacts` alone."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cogs.servers.health_facts import HealthFacts
from bot.cogs.servers.health_finding import Finding, fine, since, wrong
from bot.cogs.servers.health_gates import of_roles
from bot.cogs.servers.health_settings import of_settings
from bot.cogs.servers.health_sources import of_sources
from bot.cogs.servers.health_sync import of_configuration, of_sync
from bot.cogs.servers.log_problems import LogProblem, Unposted
from bot.cogs.servers.settings_embeds import span_words
from bot.messages import Message, Words

_NO_CHANNEL = Message("There is no log channel: nobody sees role changes and alerts.")
_SET_CHANNEL = Message("`/settings log` sets one.")
_CHANNEL_GONE = Message("The log channel is gone, or Tessera cannot see it.")
_SHOW_CHANNEL = Message("Give it View Channel there, or `/settings log` sets another.")
_CANNOT_POST = Message("Tessera cannot post in {channel}.")
_LET_POST = Message("Give its role {missing} in that channel, or `/settings log` sets another.")
_SAID_GONE = Message("Tessera has every permission in {channel}, and yet Discord said that it is gone.")
_REFUSED = Message("Tessera has every permission in {channel}, and yet Discord refused it.")
_LOOK_AT_CHANNEL = Message(
    "See whether AutoMod, a time-out or a setting of the server keeps Tessera out, or let `/settings log` set another "
    "channel."
)
_DROPPED = Message(
    "{problem} {count:,} message was not posted since {when}.",
    "{problem} {count:,} messages were not posted since {when}.",
)
_POSTS = Message("Role changes are posted in {channel}.")
_ADMIN_ROLE_GONE = Message("The role that may configure Tessera was deleted.")
_SET_ADMIN_ROLE = Message("`/settings admin-role` names another.")
_PROTECTED_GONE = Message(
    "{count:,} protected role was deleted: it protects nobody.",
    "{count:,} protected roles were deleted: they protect nobody.",
)
_FORGET_PROTECTED = Message(
    "`/settings unprotect` without a member or a role forgets what was deleted; `/settings protect` names another role."
)
_NOT_BY_WHOM = Message("Role changes by others are reported, but not by whom.")
_LET_SEE_AUDIT_LOG = Message("Give the role of Tessera View Audit Log, or switch `moderation_intent` off.")
_BY_WHOM = Message("Role changes by others are known at once, and by whom.")
_FOUND_WITHIN = Message(
    "Optional: role changes by others are found within {span}, and not by whom. With `moderation_intent` and View "
    "Audit Log they are known at once."
)
_JOINS = Message("Joins are known at once: roles are restored on return.")
_NO_JOINS = Message(
    "Optional: members who join again get their roles back with their first command, or within some hours. With "
    "`members_intent` at once."
)


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
    mention = f"<#{channel.channel_id}>"
    if channel.channel_id is None:
        yield wrong(_NO_CHANNEL(), _SET_CHANNEL())
    elif facts.roles is None or channel.missing is None:
        return  # nothing is known of it now, which is said once
    elif not channel.exists:
        yield wrong(_with_dropped(_CHANNEL_GONE(), channel.unposted), _SHOW_CHANNEL())
    elif channel.missing:
        words = _with_dropped(_CANNOT_POST(channel=mention), channel.unposted)
        yield wrong(words, _LET_POST(missing=", ".join(channel.missing)))
    elif channel.unposted:
        said = _SAID_GONE if channel.unposted.problem is LogProblem.CHANNEL_GONE else _REFUSED
        yield wrong(_with_dropped(said(channel=mention), channel.unposted), _LOOK_AT_CHANNEL())
    else:
        yield fine(_POSTS(channel=mention))
    if facts.admin_role_gone:
        yield wrong(_ADMIN_ROLE_GONE(), _SET_ADMIN_ROLE())
    if facts.protected_roles_gone:
        yield wrong(_PROTECTED_GONE(count=facts.protected_roles_gone), _FORGET_PROTECTED())


def _with_dropped(problem: Words, unposted: Unposted | None) -> Words:
    """The problem, and how much it has cost already."""
    if unposted is None:
        return problem
    return _DROPPED(problem=problem, count=unposted.count, when=since(unposted.since))


def _intents(facts: HealthFacts) -> Iterator[Finding]:
    """Optional: what is lost without each is said, and nothing is wrong."""
    intents = facts.intents
    if intents.moderation and intents.sees_audit_log is False:
        yield wrong(_NOT_BY_WHOM(), _LET_SEE_AUDIT_LOG())
    elif intents.moderation and intents.sees_audit_log:
        yield fine(_BY_WHOM())
    elif not intents.moderation:
        yield fine(_FOUND_WITHIN(span=span_words(facts.patience.drift)))
    yield fine(_JOINS() if intents.members else _NO_JOINS())
