"""Members with their roles, by as few questions as possible, and never absent because an answer left them out.

By opcode 8 of the gateway, a hundred at a time (no intent is needed for that), and one by one over REST where the
gateway does not answer. Facts of discord.py 2.7.1 behind this file: `query_members` asks for five members unless it is
given a limit; with `cache=True` it returns the members, but does not update those that are cached; it drops Discord's
list of who was not found; where the connection is lost meanwhile it returns what had arrived, or nothing; it waits for
30 seconds, and a RATE_LIMITED event does not end that.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice

import aiohttp
import discord

from bot.cogs.gates.discord_requests import DiscordRequests
from bot.messages import Message
from bot.sources.pace import Clock
from bot.sync.ports import DiscordError, MemberGoneError, MemberRoles, Presence

log = logging.getLogger(__name__)

_NO_ANSWER = Message("Discord does not answer who its members are right now. Tessera asks again by itself.")

# Discord's limit for one question by ids.
_BATCH = 100
# Discord closes a connection that sends more than 120 events a minute, so discord.py holds everything back after 110.
# With 105, at most 10,500 members a minute are asked about, and what else is to be sent does not wait for it.
_QUESTIONS, _MINUTE = 105, 60.0
# After no answer, or RATE_LIMITED, which is about 30 seconds for the one limit that is documented.
_PAUSE = 30.0
_ANSWER_WITHIN = 10.0
# One by one: so many in one call, and so many failures in a row. The others are unknown, and the next call asks again.
_MOST_ALONE = 200
_MOST_FAILURES = 3


class QuestionPace:
    """When the next question may be sent: at most 105 in any minute, in the order in which they were asked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sent: deque[float] = deque(maxlen=_QUESTIONS)
        self._turn = asyncio.Lock()

    @property
    def wait_seconds(self) -> float:
        """0 when a question may be sent now."""
        if len(self._sent) < _QUESTIONS:
            return 0.0
        return max(0.0, self._sent[0] + _MINUTE - self._clock.now())

    async def acquire(self) -> None:
        """Return when a question may be sent, which is then counted."""
        async with self._turn:
            while wait := self.wait_seconds:
                await self._clock.sleep(wait)
            self._sent.append(self._clock.now())


class MemberReads:
    """Reads members of servers.

    Args:
        client: Connected to Discord; one connection, and so one shard.
        requests: For those who are asked about one by one.
        clock: For the pace of the questions.
        answer_within: Seconds after which the gateway will not answer any more.
    """

    def __init__(
        self, client: discord.Client, requests: DiscordRequests, clock: Clock, *, answer_within: float = _ANSWER_WITHIN
    ) -> None:
        self._client = client
        self._requests = requests
        self._clock = clock
        self._answer_within = answer_within
        self._pace = QuestionPace(clock)
        self._ask_after = clock.now()

    async def read(
        self, guild: discord.Guild, user_ids: Sequence[int], *, confirm: bool = True
    ) -> Mapping[int, MemberRoles]:
        """Every one of `user_ids`: present, absent if Discord said so of them alone, or unknown.

        Args:
            guild: The server.
            user_ids: Who is asked about.
            confirm: Ask about those alone whom the gateway does not name; for most of a search that would be
                a request for everybody who is not a member.

        Raises:
            DiscordError: with `confirm` False, the gateway did not answer.
        """
        wanted = list(dict.fromkeys(user_ids))
        found: dict[int, MemberRoles] = {}
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            members = await self._ask(guild, batch)
            if members is None and not confirm:
                raise DiscordError(_NO_ANSWER)
            found |= {member.id: _roles_of(member) for member in members or ()}
        if confirm:
            found |= await self._confirm(guild, [user_id for user_id in wanted if user_id not in found])
        return {user_id: found.get(user_id, MemberRoles(user_id, Presence.UNKNOWN)) for user_id in wanted}

    async def _ask(self, guild: discord.Guild, batch: list[int]) -> Sequence[discord.Member] | None:
        """Those of a batch that the gateway reports; None: it cannot be asked now."""
        if self._clock.now() < self._ask_after or not self._client.is_ready():
            return None
        if len(batch) == 1 and self._pace.wait_seconds:
            return None  # somebody who waits for one member must not stand behind a scan of thousands
        await self._pace.acquire()
        answer = asyncio.ensure_future(guild.query_members(user_ids=batch, limit=_BATCH, cache=False))
        refusal = asyncio.ensure_future(self._client.wait_for("socket_event_type", check=_is_rate_limit))
        try:
            await asyncio.wait((answer, refusal), timeout=self._answer_within, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
            log.warning("members: the gateway %s", "is rate limited" if refusal.done() else "does not answer")
        except (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError, TimeoutError) as error:
            log.warning("members: the gateway cannot be asked: %s", type(error).__name__)
        finally:
            answer.cancel()
            refusal.cancel()
            await asyncio.gather(answer, refusal, return_exceptions=True)
        self._ask_after = self._clock.now() + _PAUSE
        return None

    async def _confirm(self, guild: discord.Guild, missing: Sequence[int]) -> dict[int, MemberRoles]:
        """Those whom no answer named, each asked about alone; who is not in the result is unknown."""
        found: dict[int, MemberRoles] = {}
        failures = 0
        for user_id in islice(missing, _MOST_ALONE):
            try:
                member = await self._requests.read(partial(guild.fetch_member, user_id))
            except MemberGoneError:
                found[user_id] = MemberRoles(user_id, Presence.ABSENT)
            except DiscordError as error:
                failures += 1
                log.info("members: one remains unknown: %s", error.sentence)
                if failures == _MOST_FAILURES:
                    break
                continue
            else:
                found[user_id] = _roles_of(member)
            failures = 0
        return found


def _is_rate_limit(event: str) -> bool:
    return event == "RATE_LIMITED"


def _roles_of(member: discord.Member) -> MemberRoles:
    roles = frozenset(role.id for role in member.roles if not role.is_default())
    return MemberRoles(member.id, Presence.PRESENT, roles, member.joined_at)
