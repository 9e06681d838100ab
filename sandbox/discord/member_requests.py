"""Opcode 8: members of a guild over the websocket, by ids, by the start of a name, or all of them.

Rules from "Request Guild Members" of Discord's gateway events page: at most 100 by ids or by name without a privileged
intent; the whole list needs GUILD_MEMBERS and comes once per 30 seconds and guild, then a RATE_LIMITED event. A request
the intents do not allow gets no answer at all (discord-api-docs #5855).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


class InvalidRequestError(Exception):
    """The payload is not one Discord understands; the connection is closed with 4001."""


class MemberRequests:
    """Answers opcode 8; remembers when each guild's whole list was asked for."""

    def __init__(self, world: World, clock: Callable[[], float]) -> None:
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
        if guild is None or self._world.application_id not in guild.members:
            return
        if request.get("presences") and not session.intents & GUILD_PRESENCES:
            return
        nonce = request.get("nonce")
        if ids is not None:
            found = [guild.members[user_id] for user_id in ids if user_id in guild.members]
            missing = [str(user_id) for user_id in ids if user_id not in guild.members]
            self._dispatch(session, guild, found, nonce, missing)
        elif query == "" and limit == 0:
            self._whole_list(session, guild, nonce)
        else:
            self._dispatch(session, guild, self._named(guild, str(query), limit), nonce, [])

    def _whole_list(self, session: Session, guild: Guild, nonce: Any) -> None:
        if not session.intents & GUILD_MEMBERS:
            return
        now = self._clock()
        free_at = self._whole_lists.get((session.id, guild.id), now)
        if now < free_at:
            meta = {"guild_id": str(guild.id), "nonce": nonce}
            session.dispatch("RATE_LIMITED", {"opcode": 8, "retry_after": free_at - now, "meta": meta})
            return
        self._whole_lists[session.id, guild.id] = now + WHOLE_LIST_SECONDS
        self._dispatch(session, guild, list(guild.members.values()), nonce, [])

    def _named(self, guild: Guild, query: str, limit: int) -> list[Member]:
        start = query.casefold()
        users = self._world.users
        found = [
            member
            for member in guild.members.values()
            if users[member.user_id].username.casefold().startswith(start)
            or (member.nick or users[member.user_id].display_name).casefold().startswith(start)
        ]
        return found[: min(limit, UNPRIVILEGED_LIMIT)]

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


def _ids(wanted: Any) -> list[int] | None:
    if wanted is None:
        return None
    many = wanted if isinstance(wanted, list) else [wanted]
    return [int(user_id) for user_id in many][:UNPRIVILEGED_LIMIT]
