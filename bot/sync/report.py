"""The last step: what was done, and what waits, as sentences: for the log channel and members."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.gates.describe import NameOf
from bot.gates.gate import Gate, ParkReason
from bot.gates.last_day import last_day
from bot.gates.rule import CollectionRef
from bot.messages import Message, Words, words_of_text
from bot.roles.plan import Act
from bot.roles.safety import Cause, Hold, Scope
from bot.store.sync.hold_table import HoldEnd
from bot.store.sync.post_table import ChangeRow, PostKind, PostRow
from bot.store.sync.warned_proofs import ProofEnds
from bot.sync.change_reason import recorded_reason
from bot.sync.webhook_lines import WEBHOOK_KINDS, webhook_line

# In a direct message: the name of the server, which only the one who sends it knows.
SERVER = "<server>"

_GAVE = Message("Gave {role} to {member} by {reason}")
_TOOK = Message("Took {role} from {member} by {reason}")
_SOMEBODY = Message("a member who has deleted their data")
_HELD = Message("Removals wait for a decision: {cause}.")
_PAST_LAST_DAY = Message(
    "The last day of its rule was {day}: because of that, one member loses the role.",
    "The last day of its rule was {day}: because of that, {count:,} members lose the role.",
)
_HOLD_OVER = Message("Removals do not wait any more: {how}.")
_PARKED = Message("Gate #{gate} ({role}) gives and takes nothing for now: {reason}.")
_TAKEN_BY = Message("The audit log names {who}: let only one of the two manage this role.")
_HEALED = Message("Gate #{gate} ({role}) works again.")
_WARNING = Message("You no longer qualify for {role}. It will be taken {until}, unless you qualify again before.")
_PROOF_NEEDED = Message(
    "In {server}, a role of yours needs a recent proof. Your proof of {account} counts:",
    "In {server}, {count} roles of yours need a recent proof. Your proof of {account} counts:",
)
_PROOF_COUNTS = Message("• for {role} until {day} ({relative})")
_PROOF_RENEWED = Message(
    "Nothing is lost until then. Use `/verify` again in that server, with that account, and the time begins again."
)
_STUCK = Message("{member}: several attempts in a row failed. The next one is at their next reading.")

_VIEWS: Mapping[str, Message] = {
    "list": Message("{member} looked at the list of holders of {collection}."),
    "changes": Message("{member} looked at who joined and left the holders of {collection}."),
    "find": Message("{member} looked up which member shares a certain account here."),
    "gap": Message("{member} looked at which holders of {collection} are missing here."),
    "diff": Message("{member} looked at which members changed between snapshots {first} and {second}."),
}

_SILENT = Message("{source} has not answered since {since}. Nothing is taken because of that, and nothing given.")
_ANSWERS = Message("{source} answers again.")

_SNAPSHOT_MADE = Message(
    "Snapshot {number} of `{rule}` was made by its schedule, with one member.",
    "Snapshot {number} of `{rule}` was made by its schedule, with {count:,} members.",
)
_SNAPSHOT_SENT = Message(
    "{member} exported snapshot {number} of `{rule}` as {layout}, with one member.",
    "{member} exported snapshot {number} of `{rule}` as {layout}, with {count:,} members.",
)
_OPERATOR = Message("The operator of the bot")
_SNAPSHOT_INCOMPLETE = Message(
    "**Incomplete:** of one of them something is not known.",
    "**Incomplete:** of {count:,} of them something is not known.",
)

_CAUSES: Mapping[Cause, Message] = {
    Cause.TOO_MANY_AT_ONCE: Message("too many holders of {about} would lose their role at once"),
    Cause.TOO_MANY_IN_A_DAY: Message("too many holders of {about} would have lost their role within a day"),
    Cause.SOURCE_EMPTIED: Message("too many accounts of {about} read as empty"),
    Cause.COLLECTION_HALVED: Message("half of the holders of {about} hold none of it now"),
    Cause.ADMIN: Message("an admin holds them"),
    Cause.INVITED_AGAIN: Message("Tessera was invited again, and looks at everybody first"),
}
_A_GATE = Message("gate #{gate} ({role})")
_GATES = Message("several gates")
_ENDS: Mapping[HoldEnd, Message] = {
    HoldEnd.OVER: Message("the figures are normal again"),
    HoldEnd.RELEASED: Message("an admin released them"),
    HoldEnd.APPROVED: Message("an admin approved them"),
    HoldEnd.DISCARDED: Message("an admin discarded them"),
    HoldEnd.LOOKED_AGAIN: Message("everybody is read again"),
}
_PARKED_BECAUSE: Mapping[ParkReason, Message] = {
    ParkReason.ROLE_GONE: Message("its role was deleted; `/gate edit` can give it another one"),
    ParkReason.ROLE_ABOVE_US: Message("its role is above Tessera's own: drag Tessera's role above it"),
    ParkReason.ROLE_MANAGED: Message("its role belongs to an integration, and cannot be given"),
    ParkReason.ROLE_DANGEROUS: Message(
        "its role has got powerful permissions: take these away, or ask `/gate edit` which can be confirmed"
    ),
    ParkReason.NO_PERMISSION: Message("Tessera needs Manage Roles, and does not have it any more"),
    ParkReason.REFUSED: Message("Discord refuses to change its role and does not say why; it is tried once an hour"),
    ParkReason.SOURCE_GONE: Message("no source is set up for it, or its source has not answered for 30 days"),
    ParkReason.ROLE_FOUGHT_OVER: Message("somebody took its role from a member again after Tessera had given it back"),
}


@dataclass(frozen=True, slots=True)
class Post:
    """A message to be sent: the log channel of a server, or (`user_id`) a member.

    Attributes:
        post_id: Its id, by which it is marked as sent.
        guild_id: The server that it is about.
        kind: What it is about.
        lines: What it says.
        at: When it was made.
        user_id: To whom it is a direct message; None: it is for the log channel.
        hold_id: The hold that it is about.
        edits: The message (channel, id) that it replaces; None: it is a new one.
    """

    post_id: int
    guild_id: int
    kind: PostKind
    lines: Sequence[Words]
    at: datetime
    user_id: int | None = None
    hold_id: int | None = None
    edits: tuple[int, int] | None = None

    @property
    def nonce(self) -> str:
        """The same each time that it is sent: Discord takes a repetition for the same message (`enforce_nonce`)."""
        return f"tessera-{self.post_id}"


def to_post(
    row: PostRow,
    gates: Mapping[int, Gate],
    hold: Hold | None,
    edits: tuple[int, int] | None,
    taken_by: str = "",
    name_of: NameOf = str,
) -> Post:
    """A message as it is to be sent.

    Args:
        row: As it is stored.
        gates: Of its server, by their ids.
        hold: That it is about.
        edits: See `Post`.
        taken_by: Who took the role that it is about from a member, safe to show; "": nobody is known.
        name_of: A collection's name, safe to show; its id, if none is given.
    """
    lines = _lines(row, gates, hold, name_of)
    if taken_by and row.kind is PostKind.PARKED and row.detail == ParkReason.ROLE_FOUGHT_OVER.value:
        lines = [*lines, _TAKEN_BY(who=taken_by)]
    user_id = row.user_id if row.kind in (PostKind.WARNING, PostKind.PROOF_ENDS) else None
    return Post(row.post_id, row.guild_id, row.kind, lines, row.at, user_id, row.hold_id, edits)


def _lines(row: PostRow, gates: Mapping[int, Gate], hold: Hold | None, name_of: NameOf) -> Sequence[Words]:
    if row.kind is PostKind.CHANGES:
        return [_of_change(change) for change in row.changes]
    if row.kind in (PostKind.HOLD, PostKind.HOLD_OVER):
        return _of_hold(row, gates, hold, name_of)
    if row.kind in (PostKind.VIEWED, PostKind.STUCK):
        return [_of_view(row, name_of) if row.kind is PostKind.VIEWED else _STUCK(member=_member(row.user_id))]
    if row.kind is PostKind.PROOF_ENDS:
        return _of_proof(ProofEnds.of_detail(row.detail), gates)
    if row.kind in (PostKind.SILENT, PostKind.ANSWERS, PostKind.SNAPSHOT):
        return _of_snapshot(row) if row.kind is PostKind.SNAPSHOT else [_of_source(row)]
    return [webhook_line(row) if row.kind in WEBHOOK_KINDS else _of_gate(row, gates.get(row.gate_id or 0))]


def _of_hold(row: PostRow, gates: Mapping[int, Gate], hold: Hold | None, name_of: NameOf) -> Sequence[Words]:
    if row.kind is PostKind.HOLD_OVER:
        return [_HOLD_OVER(how=_ENDS[HoldEnd(row.detail)]())]
    if hold is None:
        return []
    is_about_all = hold.cause in (Cause.ADMIN, Cause.INVITED_AGAIN)
    cause = _CAUSES[hold.cause]
    held = _HELD(cause=cause() if is_about_all else cause(about=_about(hold, gates, name_of)))
    return [held, *_of_date(hold, gates)]


def _of_date(hold: Hold, gates: Mapping[int, Gate]) -> Sequence[Words]:
    """That the gate's rule has ended by its own date: then everybody is losing the role because of that."""
    gate = gates.get(int(hold.key)) if hold.scope is Scope.GATE else None
    day, losing = last_day(gate.rule) if gate else None, dict(hold.numbers).get("losing", 0)
    return [_PAST_LAST_DAY(day=day.isoformat(), count=losing)] if day and day < hold.since.date() and losing else []


def _of_view(row: PostRow, name_of: NameOf) -> Words:
    """Who looked at what."""
    view, _, about = row.detail.partition(" ")
    if not about:
        return _VIEWS[view](member=_member(row.user_id))
    if view == "diff":
        first, second = about.split()
        return _VIEWS[view](member=_member(row.user_id), first=first, second=second)
    network, _, collection_id = about.rpartition(":")
    collection = name_of(CollectionRef(network, collection_id))
    return _VIEWS[view](member=_member(row.user_id), collection=collection)


def _about(hold: Hold, gates: Mapping[int, Gate], name_of: NameOf) -> Words | str:
    """What a hold is about, as people know it."""
    if hold.scope is Scope.GATE:
        gate = gates.get(int(hold.key))
        return _A_GATE(gate=hold.key, role=f"<@&{gate.role_id}>" if gate else "?")
    if hold.scope is Scope.COLLECTION:
        network, _, collection_id = hold.key.rpartition(":")
        return name_of(CollectionRef(network, collection_id))
    return hold.key if hold.scope is Scope.SOURCE else _GATES()


def _of_proof(ends: ProofEnds, gates: Mapping[int, Gate]) -> Sequence[Words]:
    lines = [
        _PROOF_COUNTS(role=f"<@&{gates[gate_id].role_id}>", day=f"<t:{int(at.timestamp())}:D>", relative=_moment(at))
        for gate_id, at in ends.gates
        if gate_id in gates
    ]
    needed = _PROOF_NEEDED(server=SERVER, count=len(lines), account=f"`{ends.account}`")
    return [needed, *lines, _PROOF_RENEWED()]


def _of_snapshot(row: PostRow) -> Sequence[Words]:
    its = json.loads(row.detail)
    values = {"number": its["number"], "rule": its["rule"], "count": its["members"]}
    if its["layout"]:
        member = f"<@{row.user_id}>" if row.user_id else _OPERATOR()
        said = _SNAPSHOT_SENT(member=member, layout=its["layout"].upper(), **values)
    else:
        said = _SNAPSHOT_MADE(**values)
    return [said, _SNAPSHOT_INCOMPLETE(count=its["incomplete"])] if its["incomplete"] else [said]


def _of_source(row: PostRow) -> Words:
    if row.kind is PostKind.ANSWERS:
        return _ANSWERS(source=words_of_text(row.detail))
    return _SILENT(source=words_of_text(row.detail), since=_moment(row.until))


def _of_gate(row: PostRow, gate: Gate | None) -> Words:
    role = f"<@&{gate.role_id}>" if gate else "?"
    if row.kind is PostKind.PARKED:
        return _PARKED(gate=row.gate_id, role=role, reason=_PARKED_BECAUSE[ParkReason(row.detail)]())
    if row.kind is PostKind.HEALED:
        return _HEALED(gate=row.gate_id, role=role)
    return _WARNING(role=role, until=_moment(row.until))


def _moment(at: datetime | None) -> str:
    return f"<t:{int(at.timestamp())}:R>" if at else ""


def _of_change(change: ChangeRow) -> Words:
    member = _member(change.user_id)
    message = _GAVE if change.act is Act.ADD else _TOOK
    return message(role=f"<@&{change.role_id}>", member=member, reason=recorded_reason(change.reason))


def _member(user_id: int | None) -> Words | str:
    return f"<@{user_id}>" if user_id else _SOMEBODY()
