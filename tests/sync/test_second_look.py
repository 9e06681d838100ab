"""Discord says once that a member has no roles: nothing is given, recorded, dropped or forgotten because of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.roles.grants import GrantState
from bot.store.pseudonyms import pseudonyms
from bot.sync.ports import MemberRoles, Presence
from bot.sync.results import UndoneRun
from tests.sync.fake_discord import FakeDiscord
from tests.sync.sync_harness import COLLECTOR, GUILD, MOD, WHALE, SyncHarness, open_sync, user

pytestmark = pytest.mark.asyncio
AN_HOUR = timedelta(hours=1)


@dataclass
class Scripted(FakeDiscord):
    """Its answers about members are decided beforehand.

    Attributes:
        answers: What the next ones say of everybody: "bare" (present, without roles), "unknown", "absent", "true".
        after_a_write: What follows to be said after the next write.
    """

    answers: list[str] = field(default_factory=list)
    after_a_write: list[str] = field(default_factory=list)

    async def read_members(
        self, guild_id: int, user_ids: Sequence[int], *, confirm: bool = True
    ) -> Mapping[int, MemberRoles]:
        found = await super().read_members(guild_id, user_ids, confirm=confirm)
        answer = self.answers.pop(0) if self.answers else "true"
        if answer == "bare":
            return {user_id: replace(member, roles=frozenset()) for user_id, member in found.items()}
        return found if answer == "true" else {each: MemberRoles(each, Presence(answer)) for each in found}

    async def add_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        self.answers, self.after_a_write = self.after_a_write, []
        await super().add_role(guild_id, user_id, role_id, reason)


async def scripted(harness: SyncHarness, *answers: str, after_a_write: Sequence[str] = ()) -> Scripted:
    """Let the bot talk to a Discord whose next answers are these, and which loses its answer to the next write."""
    await harness.sync.close()
    harness.discord = Scripted(harness.discord.servers, answers=list(answers), after_a_write=list(after_a_write))
    harness.start()
    return harness.discord


async def state_of(harness: SyncHarness, number: int = 1) -> GrantState | None:
    """What the ledger says of a member's role."""
    grant = await harness.grant(number)
    return grant.state if grant else None


def reads(harness: SyncHarness) -> list[tuple[str, ...]]:
    """Which members Discord was asked about, question by question."""
    return [call[2:] for call in harness.discord.calls if call[0] == "read"]


async def test_a_role_given_by_hand_does_not_become_ours_by_one_false_answer() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1, roles=[COLLECTOR])
        harness.discord.misreports = 1
        await harness.turn()
        assert await state_of(harness) is GrantState.FOUND
        assert harness.discord.writes == []
        harness.sell(1)
        await harness.pass_time(3 * AN_HOUR)
        assert harness.has(1)


async def test_a_role_given_by_hand_does_not_become_ours_later_by_two_false_answers_in_a_row() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1, roles=[COLLECTOR])
        await harness.turn()
        harness.discord.misreports = 2
        await harness.sync.drifted(GUILD, user(1))
        await harness.turn()
        assert harness.discord.misreports == 0
        assert await state_of(harness) is GrantState.FOUND
        assert harness.discord.writes == []


async def test_who_has_no_roles_is_asked_about_twice_in_one_question_for_all_and_others_once() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(3)
        await harness.member(4, roles=[WHALE])
        await harness.turn()
        assert reads(harness) == [
            tuple(map(str, map(user, (1, 2, 3, 4)))),
            tuple(map(str, map(user, (1, 2, 3)))),
        ]
        assert harness.holders() == [1, 2, 3, 4]
        del harness.discord.calls[:]
        await harness.pass_time(AN_HOUR)
        assert harness.discord.calls == []


@pytest.mark.parametrize("second", ["unknown", "absent"])
async def test_who_is_not_there_in_the_second_answer_is_unknown_and_tried_again(second: str) -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1, roles=[COLLECTOR])
        discord = await scripted(harness, "bare", second)
        await harness.turn()
        assert discord.answers == []
        assert (await state_of(harness), discord.writes) == (None, [])
        member = await harness.store.sync.members.get(GUILD, user(1))
        assert member
        assert member.absent_since is None
        await harness.pass_time(timedelta(minutes=1))
        assert await state_of(harness) is GrantState.FOUND


@pytest.mark.parametrize("answers", [["bare"], ["unknown", "bare"]], ids=["read back", "after a kill"])
async def test_a_role_that_was_given_without_an_answer_is_ours_whatever_one_false_answer_says(
    answers: list[str],
) -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        discord = await scripted(harness, after_a_write=answers)
        discord.loses = ["lost after"]
        await harness.turn()
        await harness.pass_time(timedelta(minutes=1))
        assert discord.answers == []
        assert len(discord.writes) == 1
        assert await state_of(harness) is GrantState.GIVEN


async def test_who_unlinks_loses_the_role_though_one_answer_says_that_they_have_none() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        await harness.unlink(1, 1)
        harness.discord.misreports = 1
        await harness.sync.own_act(user(1))
        assert not harness.has(1)


async def test_who_deleted_their_data_loses_the_role_though_one_answer_says_that_they_have_none() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        harness.discord.loses = ["500"]
        await harness.unlink(1, 1)
        await harness.sync.own_act(user(1))
        await harness.store.members.delete(user(1), harness.now, pseudonyms("a token"), refused_until=harness.now)
        harness.discord.misreports = 1
        await harness.sync.scan()
        assert not harness.has(1)


async def test_undo_gives_nothing_to_who_was_given_the_role_by_hand_though_one_answer_says_that_they_have_none() -> (
    None
):
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(5)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(AN_HOUR)
        (run, *_) = await harness.sync.runs(GUILD, to_undo=True)
        harness.server.members[user(1)].add(COLLECTOR)
        harness.discord.misreports = 1
        assert await harness.sync.undo(GUILD, run.run_id, by=MOD) == UndoneRun(0)
        assert await state_of(harness) is None


async def test_who_has_the_role_is_adopted_though_one_answer_says_that_they_have_none() -> None:
    async with open_sync() as harness:
        gate = await harness.gate()
        await harness.member(1, holds=0, roles=[COLLECTOR])
        harness.discord.misreports = 1
        assert await harness.sync.adopt(GUILD, gate.gate_id, [user(1)], by=MOD) == 1
