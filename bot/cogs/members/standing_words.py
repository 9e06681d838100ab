"""What is said of how a member stands: to the member, or of them to a moderator."""

from __future__ import annotations

from dataclasses import dataclass

from bot.gates.gate import ParkReason
from bot.messages import Message
from bot.roles.plan import HoldCode


@dataclass(frozen=True, slots=True)
class Addressed:
    """The same sentence to a member, and of them to a moderator."""

    own: Message
    theirs: Message

    def to(self, *, is_own: bool) -> Message:
        """The one that fits."""
        return self.own if is_own else self.theirs


YOUR_ROLES = Message("Your roles")
ROLES_OF = Message("Roles of {name}")
NO_ROLE_HERE = Message("There is no role for holders in this server yet.")
ONLY_OWN = Message("You have none of the roles for holders. What unlocks them, this server does not show.")
BEGIN = Addressed(
    Message(
        "**You have not proven an account here yet**, so no role can be given.\n`/verify` proves that an account is "
        "yours, with a signature that costs nothing; what it earns is yours within seconds."
    ),
    Message("**They have not proven an account that counts here**, so no role can be given."),
)

# Of accounts.
MORE_ACCOUNTS = Message("… and {count:,} more account.", "… and {count:,} more accounts.")
COUNTING = Message("Counting here: {count:,} proven account", "Counting here: {count:,} proven accounts")
SHARED = Message("Shared with this server: {accounts}")
SHARED_AND_OTHERS = Message("Shared with this server: {accounts} and others")
ONE_UNDECIDED = Message("Whose one of them is must be decided first: it changes nothing until then.")
OLDEST = Message("oldest reading {when}")
NONE_READ = Message("none was read yet")
READ = Message("read {when}")
NOT_READ = Message("not read yet")
UNDECIDED = Message("whose it is must be decided first")
FAILED = Message("Reading failed: {reason}.")
FAILED_AT = Message("Reading failed ({when}): {reason}.")
NO_ANSWER = Message("the source does not answer")
READ_AGAIN = Message("It is read again {when}.")
NOBODY_LOSES = Message("Nobody loses a role by this.")

# Of one role.
HAVE_SINCE = Addressed(Message("you have it since {when}"), Message("they have it since {when}"))
STILL_NEEDED = Message("→ Still needed: {needed}")
PROOF_ENDS = Addressed(
    Message("⏳ Your proof counts for it until {when}: you can `/verify` again before."),
    Message("⏳ Their proof counts for it until {when}: they can `/verify` again before."),
)
COOL_DOWN = Message("⏳ This role is sensitive, and given a while after an account's proof.")
COOL_DOWN_UNTIL = Message("⏳ This role is sensitive, and given a while after an account's proof: from {when}.")
NOT_CHANGED = Message("⚠️ Not changed yet: {why}")
HAD_BEFORE = Message("They had it before: Tessera never takes it. `/gate adopt` changes that.")
FROM = Message("from {accounts}")
FROM_AND_OTHERS = Message("from {accounts} and others")
AS_OF = Message("as of {when}")

PAUSED = Message("⏸ The admins have paused this role: it is neither given nor taken.")
STOPPED = Message("⏸ This role is neither given nor taken now.")
PARKED = {
    ParkReason.ROLE_GONE: Message("⏸ This role is neither given nor taken now, as the role was deleted."),
    ParkReason.ROLE_ABOVE_US: Message(
        "⏸ This role is neither given nor taken now, as the role is above Tessera's own."
    ),
    ParkReason.ROLE_MANAGED: Message(
        "⏸ This role is neither given nor taken now, as the role belongs to another application."
    ),
    ParkReason.ROLE_DANGEROUS: Message("⏸ This role is neither given nor taken now, as the role can do too much now."),
    ParkReason.NO_PERMISSION: Message(
        "⏸ This role is neither given nor taken now, as Tessera may not manage roles any more."
    ),
    ParkReason.REFUSED: Message("⏸ This role is neither given nor taken now, as Discord refuses to change the role."),
    ParkReason.SOURCE_GONE: Message(
        "⏸ This role is neither given nor taken now, as no source answers about it any more."
    ),
    ParkReason.ROLE_FOUGHT_OVER: Message(
        "⏸ This role is neither given nor taken now, as another bot changes the role as well."
    ),
}

# Why a role is retained though it is not earned now.
GRACE = Addressed(
    Message("⏳ You keep it for a while, then it is taken."), Message("⏳ They keep it for a while, then it is taken.")
)
GRACE_UNTIL = Addressed(
    Message("⏳ You keep it until {when}, then it is taken."),
    Message("⏳ They keep it until {when}, then it is taken."),
)
UNTIL = Message("Until {when}.")
KEPT = Addressed(Message("You keep it for now."), Message("They keep it for now."))
_CHECKED_AGAIN = Addressed(
    Message("You keep it for now: it is checked again before anything is taken."),
    Message("They keep it for now: it is checked again before anything is taken."),
)
HELD = {
    HoldCode.UNKNOWN: Addressed(
        Message("You keep it: what you hold is not known for certain now, and that costs nobody a role."),
        Message("They keep it: what they hold is not known for certain now, and that costs nobody a role."),
    ),
    HoldCode.TOO_FEW_MISSES: _CHECKED_AGAIN,
    HoldCode.TOO_SHORT_SPAN: _CHECKED_AGAIN,
    HoldCode.NOT_CONFIRMED: Addressed(
        Message("You keep it for now: the source is asked a second question before anything is taken."),
        Message("They keep it for now: the source is asked a second question before anything is taken."),
    ),
    HoldCode.NEVER_REMOVE: Addressed(
        Message("You keep it: this role is never taken."), Message("They keep it: this role is never taken.")
    ),
    HoldCode.PROTECTED: Addressed(
        Message("You keep it: you are protected here."), Message("They keep it: they are protected here.")
    ),
    HoldCode.BREAKER: Addressed(
        Message("You keep it for now: a person looks at it first, as many would lose it at once."),
        Message("They keep it for now: a person looks at it first, as many would lose it at once."),
    ),
    HoldCode.ADMIN_HOLD: Addressed(
        Message("You keep it for now: the admins of this server have stopped all removals."),
        Message("They keep it for now: the admins of this server have stopped all removals."),
    ),
    HoldCode.EXCUSED: Addressed(
        Message("You keep it for now: an admin decided so."), Message("They keep it for now: an admin decided so.")
    ),
    HoldCode.CLOCK_JUMPED: Addressed(
        Message("You keep it for now: nothing is taken for a while after a change of Tessera's clock."),
        Message("They keep it for now: nothing is taken for a while after a change of Tessera's clock."),
    ),
    HoldCode.OTHER_INSTANCE: Addressed(
        Message("You keep it for now: another Tessera seems to run, so this one takes nothing."),
        Message("They keep it for now: another Tessera seems to run, so this one takes nothing."),
    ),
    HoldCode.REPLACEMENT_MISSING: Addressed(
        Message("You keep it until the higher role that replaces it is given."),
        Message("They keep it until the higher role that replaces it is given."),
    ),
}
