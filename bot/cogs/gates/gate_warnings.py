"""What an admin should know before a change of gates is saved."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cogs.gates.gate_proposal import Proposal
from bot.cogs.gates.gate_saving import Outlook
from bot.gates.last_day import last_day
from bot.messages import Message, Words

_MOST_ROLES = 5
_MOST_DAYS = 3

_ADOPTS = Message(
    "**{count:,}** linked member who has such a role already comes under its gate: Tessera may then take it from those "
    "who do not qualify. Those who are under it already stay there. Members who linked nothing are left alone.",
    "**{count:,}** linked members who have such a role already come under its gate: Tessera may then take it from "
    "those who do not qualify. Those who are under it already stay there. Members who linked nothing are left alone.",
)
_UNANSWERED = Message(
    "Discord gave no answer about {count:,} linked member: they stay as they are, and `/gate adopt` asks about them "
    "again.",
    "Discord gave no answer about {count:,} linked members: they stay as they are, and `/gate adopt` asks about them "
    "again.",
)
_BY_HAND = Message(
    "Has members already: {roles}. Tessera never takes a role that it did not give; `/gate adopt` puts those who "
    "linked an account under the gate."
)
_ROLE_MEMBERS = Message("{role} ({count:,} member)", "{role} ({count:,} members)")
_PAUSED = Message("Paused: {roles}. Nobody gains or loses it until `/gate resume`, whose preview says who then.")
_OF_ADMINS = Message(
    "{role} may configure Tessera: who qualifies for it may change every gate. `/settings admin-role` names another."
)
_LAST_DAY = Message(
    "After {day} nobody fulfils the rule of {roles}: all who have it lose it together, which waits until an admin "
    "approves it where these are many."
)
_NOBODY = Message("None of the linked members qualifies for {roles}.")
_READING_HERE = Message(
    "{count:,} account is being read: press **Refresh**, and the numbers change.",
    "{count:,} accounts are being read: press **Refresh**, and the numbers change.",
)
_READING = Message(
    "{count:,} account is being read: use the command again in a minute, and the numbers change.",
    "{count:,} accounts are being read: use the command again in a minute, and the numbers change.",
)
_NO_SINGLE_NFTS = Message(
    "A rule about ids, copies or traits asks for single NFTs, which are read only where a gate asks for them: of "
    "{count:,} account they are not known yet.",
    "A rule about ids, copies or traits asks for single NFTs, which are read only where a gate asks for them: of "
    "{count:,} accounts they are not known yet.",
)
_OLD = Message(
    "{count:,} linked account not read lately: the numbers will change.",
    "{count:,} linked accounts not read lately: the numbers will change.",
)


def warnings_of(proposal: Proposal, outlook: Outlook, *, can_refresh: bool) -> list[str]:
    """What is to be known besides the numbers; `can_refresh`: a button makes the preview again."""
    preview = outlook.preview
    warnings = [*_about_members(proposal, outlook), *_about_roles(proposal, outlook)]
    if preview.reading:
        reading = _READING_HERE if can_refresh else _READING
        warnings.append(reading(count=preview.reading))
    if preview.untold:
        warnings.append(_NO_SINGLE_NFTS(count=preview.untold))
    if (others := preview.unread - preview.reading) > 0:
        warnings.append(_OLD(count=others))
    return [words.render() for words in warnings]


def unanswered_words(count: int) -> str:
    """That not everybody can be adopted now."""
    return _UNANSWERED(count=count).render()


def _about_members(proposal: Proposal, outlook: Outlook) -> list[Words]:
    """Those who have a role of these gates already."""
    by_hand = {role_id: count for role_id, count in outlook.in_discord.items() if count}
    if proposal.adopts:
        unanswered = [_UNANSWERED(count=outlook.unanswered)] if outlook.unanswered else []
        return [_ADOPTS(count=sum(map(len, outlook.holders.values()))), *unanswered]
    if by_hand:
        shown = list(by_hand.items())[:_MOST_ROLES]
        listed = ", ".join(_ROLE_MEMBERS(role=f"<@&{role_id}>", count=count).render() for role_id, count in shown)
        return [_BY_HAND(roles=listed)]
    return []


def _about_roles(proposal: Proposal, outlook: Outlook) -> list[Words]:
    """Roles that nobody gains, for now or at all or after a day, and those that let their holders change gates."""
    preview, warnings = outlook.preview, []
    role_ids = [draft.role_id for draft in proposal.drafts]
    if paused := [role_id for role_id in role_ids if role_id in outlook.paused]:
        warnings.append(_PAUSED(roles=_listed(paused)))
    if outlook.admin_role_id in role_ids:
        warnings.append(_OF_ADMINS(role=f"<@&{outlook.admin_role_id}>"))
    outcomes = (preview.gain, preview.unknown, preview.keep)
    working = [role_id for role_id in role_ids if role_id not in outlook.paused]
    if empty := [role_id for role_id in working if not any(each.get(role_id) for each in outcomes)]:
        warnings.append(_NOBODY(roles=_listed(empty)))
    ends = {draft.role_id: last_day(draft.rule) for draft in proposal.drafts if not draft.never_remove}
    days = sorted({day for day in ends.values() if day})[:_MOST_DAYS]
    for day in days:
        its = [role_id for role_id, end in ends.items() if end == day]
        warnings.append(_LAST_DAY(day=day.isoformat(), roles=_listed(its)))
    return warnings


def _listed(role_ids: Sequence[int]) -> str:
    return ", ".join(f"<@&{role_id}>" for role_id in role_ids[:_MOST_ROLES])
