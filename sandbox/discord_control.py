"""`/_sandbox/*` about Discord: who is where, roles changed by hand, outages, odd answers, and what was counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.app_keys import DISCORD, WORLD
from sandbox.control_requests import PREFIX, json_body, json_route, whole_number
from sandbox.discord.early_ends import EarlyEnd, StartLimit
from sandbox.discord.member_requests import QueryFault
from sandbox.discord.ratelimits import BUCKETS
from sandbox.discord.refusals import SHAPES, Refusals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from sandbox.control_requests import Json
    from sandbox.discord import Discord
    from sandbox.world import Guild, Member, Role

_LOCALE = re.compile(r"[a-z]{2}(-[A-Z]{2}|-419)?")
INTENTS = {"members": 1 << 1, "presences": 1 << 8, "message_content": 1 << 15}


class DiscordControl:
    """The routes over one application."""

    def __init__(self, app: web.Application) -> None:
        self._app = app

    def add_routes(self) -> None:
        """Add the routes; answers are JSON, refusals `{error: sentence}`."""
        for method, path, route in (
            ("GET", "discord", self._state),
            ("POST", "gateway", self._gateway),
            ("POST", "announce", self._announce),
            ("POST", "members", self._members),
            ("POST", "roles", self._roles),
            ("POST", "guilds", self._guilds),
            ("GET", "locales", self._locales),
            ("POST", "locales", self._set_locale),
            ("POST", "member_queries", self._member_queries),
            ("POST", "limits", self._limits),
            ("POST", "intents", self._intents),
            ("POST", "refusals", self._refusals),
        ):
            self._app.router.add_route(method, f"{PREFIX}/{path}", json_route(route))

    @property
    def _discord(self) -> Discord:
        return self._app[DISCORD]

    async def _state(self, _request: web.Request) -> Json:
        """Roles as Discord has them, every write of a role with its reason, the audit log, and counted opcodes."""
        gateway = self._discord.gateway
        return {
            "guilds": {str(guild.id): _guild_json(guild) for guild in self._app[WORLD].guilds.values()},
            "writes": [write.json() for write in self._discord.role_edits.writes],
            "audit_log": [{"guild_id": str(each.guild_id), **each.json()} for each in self._discord.audit_log],
            "opcodes": {str(opcode): count for opcode, count in gateway.received.items()},
            "identifies": gateway.identifies,
        }

    async def _gateway(self, request: web.Request) -> Json:
        """An action of the gateway, or how the next connections end (`end_early`), or the `start_limit`."""
        fields = await json_body(request)
        action = str(fields.pop("action", ""))
        if action == "end_early":
            self._discord.gateway.early_end = EarlyEnd.of(fields)
        elif action == "start_limit":
            names = ("total", "remaining", "reset_after_ms")
            self._discord.gateway.start_limit = StartLimit(*(whole_number(fields, name) for name in names))
        else:
            await self._discord.gateway_action(action, fields)
        return {}

    async def _announce(self, request: web.Request) -> Json:
        fields = await json_body(request)
        self._discord.announce(whole_number(fields, "guilds"), whole_number(fields, "members", 0))
        return {}

    async def _members(self, request: web.Request) -> Json:
        """Somebody is moved, by `action`.

        leave, kick (`by` somebody); join (`joined_at` as Discord writes it); announce: the event of a join about
        somebody who is there; invite: a bot, with its role at `position` (1); add_bot: a new bot with a `name`.
        """
        fields = await json_body(request)
        moves, action, guild_id = self._discord.departures, fields.get("action"), whole_number(fields, "guild")
        joined_at = str(fields.get("joined_at") or self._discord.moment())
        position = whole_number(fields, "position", 1)
        if action == "add_bot":
            return {"user": str(moves.add_bot(guild_id, str(fields.get("name") or "Other Bot"), joined_at, position))}
        user_id = whole_number(fields, "user")
        match action:
            case "leave":
                moves.leave(guild_id, user_id)
            case "kick":
                moves.leave(guild_id, user_id, self._actor(fields))
            case "join":
                moves.join(guild_id, user_id, joined_at)
            case "announce":
                moves.announce(guild_id, user_id)
            case "invite":
                moves.invite(guild_id, user_id, joined_at, position)
            case _:
                raise ValueError("action is leave, kick, join, announce, invite or add_bot")
        return {}

    async def _roles(self, request: web.Request) -> Json:
        """A role is changed, by hand or by another bot (`by`; the owner of the server if it is not given).

        `action` give or take: of a `user`, with a `reason`; make, change, delete: the `role` itself, with `name`,
        `position`, `permissions` and `managed`.
        """
        fields = await json_body(request)
        changes, guild_id, by = self._discord.guild_changes, whole_number(fields, "guild"), self._actor(fields)
        own: dict[str, Any] = {name: fields[name] for name in ("name", "position", "managed") if name in fields}
        if "permissions" in fields:
            own["permissions"] = whole_number(fields, "permissions")
        match fields.get("action"):
            case "make":
                return {"role": str(changes.make_role(guild_id, by, **own).id)}
            case "change":
                changes.change_role(guild_id, by, whole_number(fields, "role"), **own)
            case "delete":
                changes.delete_role(guild_id, by, whole_number(fields, "role"))
            case "give" | "take" as action:
                guild, member, role = self._of_member(fields)
                edit = self._discord.role_edits.give if action == "give" else self._discord.role_edits.take
                edit(guild, member, role, by, fields.get("reason"))
            case _:
                raise ValueError("action is give, take, make, change or delete")
        return {}

    async def _guilds(self, request: web.Request) -> Json:
        """An outage of a server begins or ends: `available` false or true."""
        fields = await json_body(request)
        available = fields.get("available")
        if not isinstance(available, bool):
            raise ValueError("available is true or false")  # noqa: TRY004 - one kind of error for the caller: 400
        self._discord.guild_changes.set_available(whole_number(fields, "guild"), available=available)
        return {}

    async def _locales(self, _request: web.Request) -> Json:
        """In which language each person has Discord, and each server."""
        world = self._app[WORLD]
        return {
            "users": {str(user.id): user.locale for user in world.users.values() if not user.bot},
            "guilds": {str(guild.id): guild.locale for guild in world.guilds.values()},
        }

    async def _set_locale(self, request: web.Request) -> Json:
        """A person (`user`) or a server (`guild`) chooses a `locale`, as Discord names them: "de", "pt-BR"."""
        fields = await json_body(request)
        locale = fields.get("locale")
        if not isinstance(locale, str) or not _LOCALE.fullmatch(locale):
            raise ValueError("locale is one of Discord's, such as de or pt-BR")
        if "guild" in fields:
            self._discord.guild_changes.set_locale(whole_number(fields, "guild"), locale)
            return {}
        user = self._app[WORLD].users.get(whole_number(fields, "user"))
        if user is None:
            raise ValueError("there is no such person")
        user.locale = locale
        self._discord.events.publish({"type": "commands"})  # their client shows them in that language
        return {}

    async def _member_queries(self, request: web.Request) -> Json:
        """The next `times` questions for members (null: all) fail: `silent`, `retry_after`, `omit`, `roleless` ids."""
        fields = await json_body(request)
        times = None if fields.get("times") is None else max(1, whole_number(fields, "times"))
        omitted, roleless = (frozenset(map(int, fields.get(name, ()))) for name in ("omit", "roleless"))
        fault = QueryFault(bool(fields.get("silent")), omitted, float(fields.get("retry_after", 0)), times, roleless)
        self._discord.gateway.member_requests.faults.append(fault)
        return {}

    async def _limits(self, request: web.Request) -> Json:
        """Other rate limits than Discord's: {"role edits": 1000}; until the next reset."""
        fields = await json_body(request)
        if unknown := fields.keys() - BUCKETS:
            raise ValueError(f"no such limit: {', '.join(sorted(unknown))}; there are {', '.join(sorted(BUCKETS))}")
        self._discord.rate_limits.limits.update({name: whole_number(fields, name) for name in fields})
        return {}

    async def _intents(self, request: web.Request) -> Json:
        """The privileged intents that are switched on for the application; they count from the next identify on."""
        wanted = (await json_body(request)).get("privileged")
        if not isinstance(wanted, list) or not all(name in INTENTS for name in wanted):
            raise ValueError(f"privileged is a list of {', '.join(INTENTS)}")
        self._discord.gateway.privileged_intents = sum({INTENTS[name] for name in wanted})
        return {}

    async def _refusals(self, request: web.Request) -> Json:
        """What is refused in messages, in place of what was before; until the next reset.

        `urls` and `words` that contain a text, `emoji` by name or id ("*": any), choices with `values`,
        `longest_label`, and the `shape` of the answer: nested, first, bare or listed.
        """
        fields = await json_body(request)
        named: dict[str, tuple[str, ...]] = {}
        for name in ("urls", "emoji", "values", "words"):
            texts = fields.get(name, [])
            if not isinstance(texts, list) or not all(isinstance(text, str) and text for text in texts):
                raise ValueError(f"{name} is a list of texts")
            named[name] = tuple(texts)
        shape = fields.get("shape", SHAPES[0])
        if shape not in SHAPES:
            raise ValueError(f"shape is one of {', '.join(SHAPES)}")
        longest = whole_number(fields, "longest_label") if "longest_label" in fields else None
        self._discord.messages.refusals = Refusals(**named, longest_label=longest, shape=shape)
        return {}

    def _actor(self, fields: Mapping[str, Any]) -> int:
        world = self._app[WORLD]
        if fields.get("by") is not None:
            by = whole_number(fields, "by")
            if by not in world.users:
                raise ValueError("by is the id of somebody")
            return by
        return self._guild(fields).owner_id

    def _guild(self, fields: Mapping[str, Any]) -> Guild:
        guild = self._app[WORLD].guilds.get(whole_number(fields, "guild"))
        if guild is None:
            raise ValueError("there is no such server")
        return guild

    def _of_member(self, fields: Mapping[str, Any]) -> tuple[Guild, Member, Role]:
        guild = self._guild(fields)
        member = guild.members.get(whole_number(fields, "user"))
        role = guild.roles.get(whole_number(fields, "role"))
        if member is None or role is None:
            raise ValueError("user is a member of the server, role is one of its roles")
        return guild, member, role


def _guild_json(guild: Guild) -> Json:
    return {
        "name": guild.name,
        "available": guild.available,
        "roles": {
            str(role.id): {"name": role.name, "position": role.position, "permissions": str(role.permissions)}
            for role in guild.roles.values()
        },
        "members": {str(user_id): [str(r) for r in member.roles] for user_id, member in guild.members.items()},
    }
