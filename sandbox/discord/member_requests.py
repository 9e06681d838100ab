"""Opcode 8: members of a guild over the websocket, by ids, by the start of a name, or all of them.

Rules from "Request Guild Members" of Discord's gateway events page: at most 100 by ids or by name without a privileged
intent; the whole list needs GUILD_MEMBERS and comes once per 30 seconds and guild, then a RATE_LIMITED event. A request
the intents do not allow gets no answer at all (discord-api-docs #5855). Whether `limit` cuts a request by ids is not
documented: here it does, the reading under which a bot that forgets it is found out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sandbox.discord.opcodes import REQUEST_MEMBERS
from sandbox.discord.wire import member_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.discord.answers import Json
    from sandbox.discord.session import Session
    from sandbox.world import Guild, Member, World

GUILD_MEMBERS = 1 << 1
GUILD_PRESENCES = 1 << 8
CHUNK = 1000
UNPRIVILEGED_LIMIT = 100
WHOLE_LIST_SECONDS = 30.0
LONGEST_NONCE = 32


class InvalidRequestError(Exception):
    """The payload is not one Discord understands; the connection is closed with 4001."""


@dataclass
class QueryFault:
    """Something that goes wrong with the next requests; `times` None: with all of them.

    Attributes:
        is_silent: no answer at all.
        omitted: members that are in no chunk, and not in `not_found` either.
        retry_after: RATE_LIMITED in place of an answer, with these seconds; 0: not limited.
        roleless: members that are reported without the roles that they have (discord-api-docs #6547).
    """

    is_silent: bool = False
    omitted: frozenset[int] = frozenset()
    retry_after: float = 0.0
    times: int | None = None
    roleless: frozenset[int] = frozenset()


class MemberRequests:
    """Answers opcode 8; remembers when each guild's whole list was asked for. `faults` apply oldest first."""

    def __init__(self, world: World, clock: Callable[[], float]) -> None:
        self.faults: list[QueryFault] = []
        self._world = world
        self._clock = clock
        self._whole_lists: dict[tuple[str, int], float] = {}

    def answer(self, session: Session, request: Json) -> None:
        """Dispatch the chunks for one request.

        Raises:
            InvalidRequestError: neither `query` nor `user_ids`, or ids that are none.
        """
        wanted = request.get("user_ids")
        query = request.get("query")
        if (wanted is None) == (query is None):
            raise InvalidRequestError
        try:
            guild = self._world.guilds.get(int(request["guild_id"]))
            ids = _ids(wanted)
            limit = int(request.get("limit", 0))
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidRequestError from error
        if guild is None or self._world.application_id not in guild.members or not guild.available:
            return
        if request.get("presences") and not session.intents & GUILD_PRESENCES:
            return
        nonce = _nonce(request.get("nonce"))
        fault = self._next_fault()
        if fault.is_silent:
            return
        if fault.retry_after:
            _limit(session, guild, nonce, fault.retry_after)
        elif ids is not None:
            found = [guild.members[user_id] for user_id in ids if user_id in guild.members]
            missing = [str(user_id) for user_id in ids if user_id not in guild.members]
            present = [_reported(member, fault) for member in found if member.user_id not in fault.omitted]
            self._dispatch(session, guild, present[: limit or None], nonce, missing)
        elif query == "" and limit == 0:
            self._whole_list(session, guild, nonce)
        else:
            found = members_named(self._world, guild, str(query))[: min(limit, UNPRIVILEGED_LIMIT)]
            self._dispatch(session, guild, [m for m in found if m.user_id not in fault.omitted], nonce, [])

    def _next_fault(self) -> QueryFault:
        if not self.faults:
            return QueryFault()
        fault = self.faults[0]
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.faults.pop(0)
        return fault

    def _whole_list(self, session: Session, guild: Guild, nonce: Any) -> None:
        if not session.intents & GUILD_MEMBERS:
            return
        now = self._clock()
        free_at = self._whole_lists.get((session.id, guild.id), now)
        if now < free_at:
            _limit(session, guild, nonce, free_at - now)
            return
        self._whole_lists[session.id, guild.id] = now + WHOLE_LIST_SECONDS
        self._dispatch(session, guild, list(guild.members.values()), nonce, [])

    def _dispatch(self, session: Session, guild: Guild, members: list[Member], nonce: Any, missing: list[str]) -> None:
        count = max(1, -(-len(members) // CHUNK))
        for index in range(count):
            part = members[index * CHUNK : (index + 1) * CHUNK]
            body: Json = {
                "guild_id": str(guild.id),
                "members": [member_json(member, self._world.users[member.user_id]) for member in part],
                "chunk_index": index,
                "chunk_count": count,
            }
            if missing:
                body["not_found"] = missing
            if nonce is not None:
                body["nonce"] = nonce
            session.dispatch("GUILD_MEMBERS_CHUNK", body)


def members_named(world: World, guild: Guild, start: str) -> list[Member]:
    """The members whose username, or name in this guild, starts like this."""
    start, users = start.casefold(), world.users
    return [
        member
        for member in guild.members.values()
        if users[member.user_id].username.casefold().startswith(start)
        or (member.nick or users[member.user_id].display_name).casefold().startswith(start)
    ]


def _reported(member: Member, fault: QueryFault) -> Member:
    return replace(member, roles=[]) if member.user_id in fault.roleless else member


def _limit(session: Session, guild: Guild, nonce: Any, seconds: float) -> None:
    meta: Json = {"guild_id": str(guild.id)}
    if nonce is not None:
        meta["nonce"] = nonce
    session.dispatch("RATE_LIMITED", {"opcode": REQUEST_MEMBERS, "retry_after": seconds, "meta": meta})


def _nonce(nonce: Any) -> Any:
    """A nonce that is too long is ignored, not refused."""
    return None if isinstance(nonce, str) and len(nonce.encode()) > LONGEST_NONCE else nonce


def _ids(wanted: Any) -> list[int] | None:
    if wanted is None:
        return None
    many = wanted if isinstance(wanted, list) else [wanted]
    return [int(user_id) for user_id in many][:UNPRIVILEGED_LIMIT]
