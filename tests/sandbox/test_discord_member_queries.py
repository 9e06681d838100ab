"""Requests for members that go wrong: nobody answers, somebody is missing, too many were made."""

from __future__ import annotations

from sandbox.discord.member_requests import QueryFault
from tests.sandbox.discord_client import ADA, BEN, GUILD, OWNER, Json, harness
from tests.sandbox.raw_gateway import GUILDS, session


def asked(*users: int, **more: object) -> Json:
    return {"guild_id": str(GUILD), "user_ids": [str(user) for user in users], "limit": 100, **more}


def names(body: Json) -> list[str]:
    return [each["user"]["username"] for each in body["members"]]


async def test_a_member_can_be_missing_from_a_chunk_without_a_word() -> None:
    async with harness() as on:
        raw = await session(on, GUILDS)
        on.discord.gateway.member_requests.faults.append(QueryFault(omitted=frozenset({BEN}), times=1))
        for _ in range(2):
            await raw.send(8, asked(ADA, BEN, 7))
        (_, first), (_, second) = await raw.dispatches()
        assert (names(first), first["not_found"]) == (["ada"], ["7"])
        assert (names(second), second["not_found"]) == (["ada", "ben"], ["7"])
        await raw.socket.close()


async def test_a_request_can_get_no_answer_at_all() -> None:
    async with harness() as on:
        raw = await session(on, GUILDS)
        on.discord.gateway.member_requests.faults.append(QueryFault(is_silent=True))
        await raw.send(8, asked(BEN))
        assert await raw.dispatches() == []
        on.discord.reset()
        await raw.dispatches()
        await raw.send(8, asked(BEN))
        assert [name for name, _ in await raw.dispatches()] == ["GUILD_MEMBERS_CHUNK"]
        await raw.socket.close()


async def test_a_request_can_be_one_too_many() -> None:
    async with harness() as on:
        raw = await session(on, GUILDS)
        on.discord.gateway.member_requests.faults.append(QueryFault(retry_after=12.5, times=2))
        await raw.send(8, asked(BEN, nonce="n1"))
        await raw.send(8, asked(BEN))
        meta = {"guild_id": str(GUILD)}
        assert await raw.dispatches() == [
            ("RATE_LIMITED", {"opcode": 8, "retry_after": 12.5, "meta": {**meta, "nonce": "n1"}}),
            ("RATE_LIMITED", {"opcode": 8, "retry_after": 12.5, "meta": meta}),
        ]
        await raw.socket.close()


async def test_a_limit_cuts_a_request_by_ids_and_a_long_nonce_is_ignored() -> None:
    async with harness() as on:
        raw = await session(on, GUILDS)
        await raw.send(8, asked(OWNER, ADA, BEN) | {"limit": 2, "nonce": "n" * 33})
        [(_, body)] = await raw.dispatches()
        assert names(body) == ["owner", "ada"]
        assert "nonce" not in body
        await raw.socket.close()


async def test_no_more_than_a_hundred_ids_are_looked_up() -> None:
    async with harness() as on:
        raw = await session(on, GUILDS)
        await raw.send(8, asked(*range(1, 101), BEN))
        [(_, body)] = await raw.dispatches()
        assert (names(body), len(body["not_found"])) == ([], 100)
        await raw.socket.close()


async def test_every_opcode_is_counted() -> None:
    async with harness() as on:
        raw = await session(on, GUILDS)
        for _ in range(3):
            await raw.send(8, asked(BEN))
        await raw.dispatches()
        assert on.discord.gateway.received == {2: 1, 8: 3, 1: 1}
        await raw.socket.close()
