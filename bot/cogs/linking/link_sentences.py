"""What `link_embeds` says of members' accounts."""

from __future__ import annotations

from bot.links import FreezeReason
from bot.messages import Message

# The answer to `/link`.
PROVEN = Message("Proven")
LINKED = Message("Linked")
NOT_PROVEN_YET = Message("Linked, not proven yet")
ALREADY_LINKED = Message("Already linked")
NAMED_AND_OWNED = Message("{name} is {account}, owner {owner}")
NAMED = Message("{name} is {account}")
OWNED = Message("{account}, owner {owner}")
ALREADY_PROVEN = Message("It is already proven by {how} {when}.")
ALREADY_VOUCHED = Message("It is already vouched for by a moderator, in this server alone, {when}.")
UNPROVEN_YET = Message("It is **unproven**: `/collections` shows it, and it never counts for roles until you prove it.")
OWNER_UNCERTAIN = Message("Its owner is not known for certain yet. Tessera will find out when you prove it.")
IS_MAIN = Message("It is your main account: `/collections` without an account shows it.")

# The list of `/accounts`.
YOUR_ACCOUNTS = Message("Your accounts")
CONTESTED = Message("Contested")
FROZEN = Message("Frozen")
NOTHING_LINKED = Message("You have no account linked. `/link` adds one, `/verify` proves that it is yours.")
IS_PROVEN = Message("proven by {how} {when}")
IS_VOUCHED = Message("vouched for by a moderator, in this server alone, {when}")
IS_UNPROVEN = Message("*unproven*")
IS_KEPT_OUT = Message("**kept out of this server**")
HELD = Message(
    "⚠️ Another member claims {owner}: it moves to them {when}. Not you? Choose it below, press **Prove again** and "
    "sign: then it stays yours. If you cannot sign now, **Object** gives you a week."
)
HELD_AND_OBJECTED = Message(
    "⚠️ Another member claims {owner}: it moves to them {when}, unless you press **Prove again** and sign before "
    "then. You objected, which gives you a week."
)
OPENED = Message("You claim {owner}: it becomes yours {when}, unless its holder signs again before then.")
# The same where there is no room for it: a line for each, and once what can be done.
HELD_BRIEFLY = Message("⚠️ {owner} moves to another member {when}.")
HELD_AND_OBJECTED_BRIEFLY = Message("⚠️ {owner} moves to another member {when}. You objected.")
HELD_MEANS = Message(
    "Another member claims each of these. Not you? Choose one below, press **Prove again** and sign: then it stays "
    "yours. If you cannot sign now, **Object** gives you a week."
)
OPENED_BRIEFLY = Message("You claim {owner}: yours {when}.")
OPENED_MEANS = Message("Each of these becomes yours then, unless its holder signs again before.")
FROZEN_SINCE = {
    FreezeReason.MOVES: Message(
        "⚠️ {owner} moved from one member to another twice within a month: frozen since {when}."
    ),
    FreezeReason.CLAIMS: Message("⚠️ {owner} was claimed again and again: frozen since {when}."),
}
FROZEN_MEANS = Message(
    "It moves no more until the operator decides: without a limit in time. Till then a role is neither given nor taken "
    "for it. If its key is yours, press **Prove** or **Prove again** and sign once more. Tell the operator of this bot "
    "what you know: who runs it can see who signed, and when."
)
SHORT_PROVEN = Message("proven")
SHORT_UNPROVEN = Message("unproven")
SHORT_VOUCHED = Message("vouched for by a moderator here")

# Whose account it is, in the header of its collections.
MAIN_PROVEN = Message("Your main account, proven")
MAIN_VOUCHED = Message("Your main account, vouched for by a moderator here")
MAIN_UNPROVEN = Message("Your main account, *unproven*")
SHARED_PROVEN = Message("Shared by {member}, proven")
SHARED_VOUCHED = Message("Shared by {member}, vouched for by a moderator here")
SHARED_UNPROVEN = Message("Shared by {member}, *unproven*")

# What is asked before something is removed, and what is said afterwards.
ASK_UNLINK = Message("Unlink this account?")
WILL_BE_REMOVED = Message("{account} is removed from your list.")
PROOF_STAYS = Message(
    "Another account of yours has the same owner, so its proof or claim stays. Roles it earned are removed."
)
GOES_TO_ANOTHER = Message("⚠️ Another member claims its address, and **gets it at once**.")
CLAIM_ENDS = Message("⚠️ Your **claim** to its address ends. If you claim it again, that takes a week or longer.")
PROOF_LOST = Message(
    "Its **proof** is lost, and so are the **roles** that it earned. To get them back, prove it again."
)
LOSE_AT_ONCE = Message("**You lose at once:**")
ROLES_COST = Message("Roles that this cost:")
REMOVED = Message("{account}.")
REMOVED_WITH_PROOF = Message("{account} and its proof.")
UNLINKED = Message("Unlinked {account}.")
UNLINKED_WITH_PROOF = Message("Unlinked {account} and its proof.")
ASK_KEEP_OUT = Message("Keep this account out of this server?")
WILL_NOT_COUNT = Message(
    "{account} will not count for any role in this server. It stays linked and proven, counts elsewhere as before, "
    "and can be let in again here at any time."
)

# Before everything is deleted.
ASK_DELETE = Message("Delete everything about you?")
DELETED = Message(
    "**Deleted at once:** {count:,} account with labels and proofs, what you share, proofs in progress, claims and "
    "notifications. Roles that your accounts earned are removed. An address that another member claims goes to them.",
    "**Deleted at once:** {count:,} accounts with labels and proofs, what you share, proofs in progress, claims and "
    "notifications. Roles that your accounts earned are removed. An address that another member claims goes to them.",
)
RETAINED = Message(
    "**Retained:** for {audit_days} days, records of what was done, under a pseudonym and without accounts; for "
    "{refusal_days} days, that a claim of yours was refused, under keyed hashes; for a year, how often an address was "
    "claimed, and that it is frozen, under a keyed hash of it alone; in backups, everything, until its operator "
    "removes them."
)
RETAINED_FOR = Message(
    "**Retained:** for {audit_days} days, records of what was done, under a pseudonym and without accounts; for "
    "{refusal_days} days, that a claim of yours was refused, under keyed hashes; for a year, how often an address was "
    "claimed, and that it is frozen, under a keyed hash of it alone; in backups, everything, for up to {count:,} day.",
    "**Retained:** for {audit_days} days, records of what was done, under a pseudonym and without accounts; for "
    "{refusal_days} days, that a claim of yours was refused, under keyed hashes; for a year, how often an address was "
    "claimed, and that it is frozen, under a keyed hash of it alone; in backups, everything, for up to {count:,} days.",
)
WHAT_IS_STORED = Message("`/privacy export` shows what is stored.")
