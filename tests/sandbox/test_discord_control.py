"""The control API about Discord: roles by hand, who is where, odd answers, and what was counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox.app_keys import DISCORD
from sandbox.world import APPLICATION_ID, BOT_TOKEN
from tests.conformance.traffic import assert_valid
from tests.sandbox.serving import RunningSandbox, serving

SOCIETY = 910000000000000000
MODERATOR, BOT_ROLE, WHALE = SOCIETY + 2, SOCIETY + 4, SOCIETY + 5
ADA, FENWICK, HANA = 920001048583001117, 920006291498006702, 920008388664008936
PATH = f"/guilds/{SOCIETY}/members/{HANA}/roles/{WHALE}"
ROUTE = "/api/v10/guilds/{guild_id}/members/{user_id}/roles/{role_id}"


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with serving() as served:
        yield served


async def rest(sandbox: RunningSandbox, method: str, path: str, **headers: str) -> tuple[int, Any]:
    """One request of the bot."""
    url, own = f"{sandbox.address}/api/v10{path}", {"Authorization": f"Bot {BOT_TOKEN}"}
    async with sandbox.session.request(method, url, headers=own | headers) as answer:
        is_json = answer.content_type == "application/json"
        return answer.status, await answer.json() if is_json else await answer.text()


async def act(sandbox: RunningSandbox, path: str, **fields: Any) -> Any:
    """Use the control API."""
    status, body = await sandbox.post(f"/_sandbox/{path}", {"guild": SOCIETY, **fields})
    assert status == 200, body
    return body


async def state(sandbox: RunningSandbox) -> Any:
    return (await sandbox.get("/_sandbox/discord"))[1]


async def roles_of(sandbox: RunningSandbox, user: int) -> list[str]:
    roles: list[str] = (await state(sandbox))["guilds"][str(SOCIETY)]["members"][str(user)]
    return roles


async def test_every_write_of_a_role_is_listed_with_its_reason_and_its_effect(sandbox: RunningSandbox) -> None:
    await rest(sandbox, "PUT", PATH, **{"X-Audit-Log-Reason": "Tessera%20gate%20%2312"})
    await rest(sandbox, "PUT", PATH)
    await act(sandbox, "roles", action="take", user=HANA, role=WHALE, by=FENWICK, reason="no")
    writes = [
        (each["is_given"], each["changed"], each["by"], each["reason"]) for each in (await state(sandbox))["writes"]
    ]
    assert writes == [
        (True, True, str(APPLICATION_ID), "Tessera gate #12"),
        (True, False, str(APPLICATION_ID), None),
        (False, True, str(FENWICK), "no"),
    ]
    entries = [(each["user_id"], each["changes"][0]["key"]) for each in (await state(sandbox))["audit_log"]]
    assert entries == [(str(APPLICATION_ID), "$add"), (str(FENWICK), "$remove")]


async def test_a_reason_has_512_characters_at_most(sandbox: RunningSandbox) -> None:
    assert (await rest(sandbox, "PUT", PATH, **{"X-Audit-Log-Reason": "%C3%A9" * 512}))[0] == 204
    status, body = await rest(sandbox, "DELETE", PATH, **{"X-Audit-Log-Reason": "x" * 513})
    assert (status, body["code"]) == (400, 50035)
    assert await roles_of(sandbox, HANA) == [str(WHALE)]


async def test_a_write_can_take_effect_although_the_answer_is_an_error(sandbox: RunningSandbox) -> None:
    fault = {"service": "discord", "path": "/roles/", "kind": "lost", "times": 1}
    await sandbox.post("/_sandbox/faults", fault)
    assert (await rest(sandbox, "PUT", PATH))[0] == 500
    assert await roles_of(sandbox, HANA) == [str(WHALE)]
    await sandbox.post("/_sandbox/faults", fault | {"reset": True, "times": 2})  # aiohttp repeats once
    with pytest.raises(aiohttp.ClientError):
        await rest(sandbox, "DELETE", PATH)
    assert await roles_of(sandbox, HANA) == []


async def test_a_write_can_have_no_effect_although_the_answer_is_a_success(sandbox: RunningSandbox) -> None:
    await rest(sandbox, "PUT", PATH)
    await sandbox.post("/_sandbox/faults", {"service": "discord", "path": "/roles/", "kind": "ignored", "times": 1})
    assert (await rest(sandbox, "DELETE", PATH))[0] == 204
    assert await roles_of(sandbox, HANA) == [str(WHALE)]


async def test_a_fault_can_be_of_one_method_alone(sandbox: RunningSandbox) -> None:
    fault = {"service": "discord", "path": "/roles/", "kind": "throttle", "retry_after": 3, "method": "delete"}
    assert (await sandbox.post("/_sandbox/faults", fault))[1]["method"] == "DELETE"
    assert (await rest(sandbox, "PUT", PATH))[0] == 204
    status, body = await rest(sandbox, "DELETE", PATH)
    assert (status, body["retry_after"]) == (429, 3)
    assert await roles_of(sandbox, HANA) == [str(WHALE)]


async def test_members_are_counted_by_role_and_the_audit_log_is_read(sandbox: RunningSandbox) -> None:
    await rest(sandbox, "PUT", PATH)
    await act(sandbox, "roles", action="change", role=WHALE, name="Leviathan", by=ADA)
    _, counts = await rest(sandbox, "GET", f"/guilds/{SOCIETY}/roles/member-counts")
    assert counts[str(WHALE)] == 2
    assert str(SOCIETY) not in counts
    listed = [(each["action_type"], each["user_id"]) for each in await audit_entries(sandbox)]
    assert listed == [(31, str(ADA)), (25, str(APPLICATION_ID))]
    assert [each["action_type"] for each in await audit_entries(sandbox, "?action_type=25&limit=5")] == [25]
    assert [each["action_type"] for each in await audit_entries(sandbox, "?after=0")] == [25, 31]
    assert_valid((await sandbox.get("/_sandbox/traffic"))[1]["exchanges"])
    sandbox.world.guilds[SOCIETY].roles[BOT_ROLE].permissions = 0
    assert (await rest(sandbox, "GET", f"/guilds/{SOCIETY}/audit-logs"))[0] == 403


async def audit_entries(sandbox: RunningSandbox, query: str = "") -> list[dict[str, Any]]:
    status, body = await rest(sandbox, "GET", f"/guilds/{SOCIETY}/audit-logs{query}")
    assert status == 200, body
    found: list[dict[str, Any]] = body["audit_log_entries"]
    return found


async def test_requests_are_counted_by_route_until_a_reset(sandbox: RunningSandbox) -> None:
    for _ in range(2):
        await rest(sandbox, "PUT", PATH)
    await sandbox.details(10001)
    _, counts = await sandbox.get("/_sandbox/requests")
    assert counts == {
        "discord": {f"PUT {ROUTE}": 2},
        "loopring": {"GET /loopring/api/v3/user/collection/details": 1},
    }
    await sandbox.post("/_sandbox/reset")
    assert (await sandbox.get("/_sandbox/requests"))[1] == {}


async def test_a_limit_can_be_another_until_a_reset(sandbox: RunningSandbox) -> None:
    assert (await sandbox.post("/_sandbox/limits", {"role edits": 1}))[0] == 200
    assert [(await rest(sandbox, "PUT", PATH))[0] for _ in range(2)] == [204, 429]
    await sandbox.post("/_sandbox/reset")
    assert [(await rest(sandbox, "PUT", PATH))[0] for _ in range(2)] == [204, 204]


async def test_roles_are_made_moved_and_deleted(sandbox: RunningSandbox) -> None:
    made = (await act(sandbox, "roles", action="make", name="Keeper", position=1))["role"]
    await act(sandbox, "roles", action="give", user=HANA, role=made)
    assert await roles_of(sandbox, HANA) == [made]
    await act(sandbox, "roles", action="change", role=made, position=7, permissions="8")
    shown = (await state(sandbox))["guilds"][str(SOCIETY)]["roles"][made]
    assert shown == {"name": "Keeper", "position": 7, "permissions": "8"}
    await act(sandbox, "roles", action="delete", role=made)
    assert await roles_of(sandbox, HANA) == []


async def test_people_and_bots_leave_and_join(sandbox: RunningSandbox) -> None:
    await act(sandbox, "members", action="kick", user=HANA, by=FENWICK)
    await act(sandbox, "members", action="join", user=HANA)
    await act(sandbox, "members", action="announce", user=HANA)
    other = (await act(sandbox, "members", action="add_bot", name="Rolekeeper", position=6))["user"]
    await act(sandbox, "members", action="leave", user=APPLICATION_ID)
    assert (await rest(sandbox, "GET", f"/guilds/{SOCIETY}"))[0] == 403
    await act(sandbox, "members", action="invite", user=APPLICATION_ID, position=3)
    assert (await rest(sandbox, "PUT", PATH))[0] == 403  # Whale is at the same position, and older than the new role
    members = (await state(sandbox))["guilds"][str(SOCIETY)]["members"]
    assert {other, str(HANA), str(APPLICATION_ID)} <= members.keys()


async def test_an_outage_of_a_server_is_begun_and_ended(sandbox: RunningSandbox) -> None:
    for available in (False, True):
        await act(sandbox, "guilds", available=available)
        assert (await state(sandbox))["guilds"][str(SOCIETY)]["available"] is available


async def test_intents_and_odd_answers_to_queries_are_set(sandbox: RunningSandbox) -> None:
    await act(sandbox, "intents", privileged=["members"])
    await act(sandbox, "member_queries", omit=[str(HANA)], times=2)
    gateway = sandbox.app[DISCORD].gateway
    assert gateway.privileged_intents == 1 << 1
    [fault] = gateway.member_requests.faults
    assert (fault.omitted, fault.times, fault.is_silent) == (frozenset({HANA}), 2, False)


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        ("members", {"action": "vanish", "user": HANA}, "action is"),
        ("members", {"action": "invite", "user": HANA}, "is a bot"),
        ("members", {"action": "announce", "user": 7}, "not in this server"),
        ("roles", {"action": "paint"}, "action is"),
        ("roles", {"action": "give", "user": HANA, "role": 7}, "role is one of its roles"),
        ("roles", {"action": "give", "user": HANA, "role": WHALE, "by": 7}, "by is the id"),
        ("roles", {"action": "change", "role": WHALE, "position": "high"}, "position"),
        ("roles", {"action": "delete", "role": 7}, "no such role"),
        ("roles", {"action": "make", "guild": 7}, "no such server"),
        ("guilds", {"available": "no"}, "true or false"),
        ("limits", {"speed": 1}, "no such limit"),
        ("intents", {"privileged": ["all"]}, "privileged is"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_a_sentence(
    sandbox: RunningSandbox, path: str, fields: dict[str, Any], words: str
) -> None:
    place = {} if path in ("limits", "intents") else {"guild": SOCIETY}
    status, body = await sandbox.post(f"/_sandbox/{path}", place | fields)
    assert status == 400
    assert words in body["error"]


async def test_the_starts_of_sessions_that_are_left_are_those_that_were_set_less_those_that_were_made(
    sandbox: RunningSandbox,
) -> None:
    limit = {"total": 50, "remaining": 7, "reset_after_ms": 3_600_000}
    assert (await sandbox.post("/_sandbox/gateway", {"action": "start_limit", **limit}))[0] == 200
    async with sandbox.session.ws_connect(f"{sandbox.address}/gateway/") as socket:
        await socket.send_json({"op": 2, "d": {"token": BOT_TOKEN, "intents": 1, "properties": {}}})
        assert [(await socket.receive_json())["t"] for _ in range(2)] == [None, "READY"]
    left = {"total": 50, "remaining": 6, "reset_after": 3_600_000, "max_concurrency": 1}
    assert (await rest(sandbox, "GET", "/gateway/bot"))[1]["session_start_limit"] == left


async def test_a_connection_ends_early_only_where_the_gateway_can_end_it(sandbox: RunningSandbox) -> None:
    status, body = await sandbox.post("/_sandbox/gateway", {"action": "end_early", "stage": "never"})
    assert (status, body) == (400, {"error": "stage is one of connect, hello, identify, ready"})
