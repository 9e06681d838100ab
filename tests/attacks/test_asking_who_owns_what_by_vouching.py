"""A moderator of a server of their own vouches for others, to find out by the answers who has linked or proven what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.two_servers import at_the_harbour, press, question_to, running
from tests.sandbox_client import Person, SandboxClient

ACCOUNT = "10002"


@pytest.fixture
async def sandbox(bare_sandbox: SandboxClient, tmp_path: Path) -> AsyncIterator[SandboxClient]:
    """The real bot, in Soren's server and in others."""
    async with running(bare_sandbox, tmp_path, linking="manual = true"):
        yield bare_sandbox


async def sign(person: Person, account: str = ACCOUNT) -> None:
    """Somebody proves an account by a signature that is pasted."""
    answer = await person.run("verify", account=account)
    text = answer.message["content"].removeprefix("```text\n").removesuffix("\n```")
    signature = await person.sandbox.signature(text, account)
    proved = await person.submit(await person.press(answer, "paste"), signature=signature)
    assert proved.embeds[0]["title"] == "Linked"


async def another_has_signed(sandbox: SandboxClient) -> None:
    await sign(await sandbox.person("wren"))


async def the_member_has_signed(sandbox: SandboxClient) -> None:
    await sign(await sandbox.person("hana"))


async def the_member_has_linked_it(sandbox: SandboxClient) -> None:
    await (await sandbox.person("hana")).run("link", account=ACCOUNT)


async def the_member_has_no_place_left(sandbox: SandboxClient) -> None:
    hana = await sandbox.person("hana")
    for number in range(10):
        await hana.run("link", account=str(10003 + number))


async def it_is_vouched_for_in_another_server(sandbox: SandboxClient) -> None:
    ada, wren = await sandbox.person("ada"), await sandbox.person("wren")
    await ada.run("vouch", member=wren.user, account=ACCOUNT)
    await press(wren, await question_to(wren), "Confirm")


async def the_member_takes_no_direct_messages(sandbox: SandboxClient) -> None:
    await (await sandbox.person("hana")).set_direct_messages(accepts=False)


ELSEWHERE = [
    another_has_signed,
    the_member_has_signed,
    the_member_has_linked_it,
    the_member_has_no_place_left,
    it_is_vouched_for_in_another_server,
    the_member_takes_no_direct_messages,
]


async def asked(moderator: Person, member: str) -> list[dict[str, Any]]:
    """What a moderator sees who vouches, does so again, takes it back, and takes it back again."""
    options = {"member": member, "account": ACCOUNT}
    commands = ("vouch", "vouch", "unvouch", "unvouch")
    answers = [await moderator.run(command, **options) for command in commands]
    fields = ("content", "embeds", "components", "ephemeral")
    return [{field: answer.message[field] for field in fields} for answer in answers]


@pytest.mark.parametrize("happens", ELSEWHERE)
async def test_no_answer_depends_on_what_is_so_elsewhere(
    sandbox: SandboxClient, happens: Callable[[SandboxClient], Awaitable[None]]
) -> None:
    soren, hana = await at_the_harbour(sandbox, "soren"), await sandbox.person("hana")
    before = await asked(soren, hana.user)
    assert [answer["embeds"][0]["title"] for answer in before][::2] == ["Asked", "Taken back"]
    await happens(sandbox)
    assert await asked(soren, hana.user) == before


@pytest.mark.parametrize("answer", ["Confirm", "Decline"])
async def test_a_moderator_does_not_learn_what_the_member_answered(sandbox: SandboxClient, answer: str) -> None:
    soren, hana = await at_the_harbour(sandbox, "soren"), await sandbox.person("hana")
    first, again, *_ = await asked(soren, hana.user)
    await soren.run("vouch", member=hana.user, account=ACCOUNT)
    await press(hana, await question_to(hana), answer)
    seen = [await soren.run(command, member=hana.user, account=ACCOUNT) for command in ("vouch", "unvouch", "unvouch")]
    assert seen[0].embeds == again["embeds"]
    assert seen[1].embeds == seen[2].embeds
    assert first["embeds"] != again["embeds"]  # or the comparison would show nothing


async def test_nothing_of_a_vouch_is_seen_in_another_server(sandbox: SandboxClient) -> None:
    soren, hana = await at_the_harbour(sandbox, "soren"), await sandbox.person("hana")
    commands: tuple[tuple[str, dict[str, Any]], ...] = (
        ("accounts", {}),
        ("collections", {}),
        ("help", {}),
        ("unlink", {"account": ACCOUNT}),
    )
    before = [(await hana.run(name, **options)).text for name, options in commands]
    await soren.run("vouch", member=hana.user, account=ACCOUNT)
    assert [(await hana.run(name, **options)).text for name, options in commands] == before
    await press(hana, await question_to(hana), "Confirm")
    assert [(await hana.run(name, **options)).text for name, options in commands] == before
    assert "counts in this server alone" in (await (await at_the_harbour(sandbox, "hana")).run("accounts")).text
    assert all("Is this account" not in str(message) for message in await hana.messages())
