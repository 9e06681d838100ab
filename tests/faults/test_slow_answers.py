"""A source needs five seconds for each answer, while Discord waits three for an acknowledgement."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.cogs.gates.live_bot import WHALE
from tests.conftest import open_bot
from tests.e2e.two_servers import press, question_to

SLOW = 5.0
ACKNOWLEDGED = {"deferred", "answered"}


async def test_case_47_every_command_is_acknowledged_before_a_slow_source_answers_and_answered_when_it_has(
    tmp_path: Path,
) -> None:
    async with open_bot(
        tmp_path,
        loopring="requests_per_second = 1000\ntimeout_seconds = 20",
        linking="manual = true",
        sync="interval_minutes = 1440",
    ) as sandbox:
        ada, hana = await sandbox.person("ada"), await sandbox.person("hana")
        await hana.run("accounts")
        await ada.run("vouch", member=hana.user, account="10002")
        await press(hana, await question_to(hana), "Confirm")
        saved = await ada.press(await ada.run("gate add", role=str(WHALE), rule="32"), "save")
        assert saved.embeds[0]["title"] == "Saved", saved.text
        async with asyncio.timeout(60):
            while "Whale" not in await hana.roles():  # noqa: ASYNC110 - the state is another program's
                await asyncio.sleep(0.02)
        before = len(await sandbox.requests(""))
        await sandbox.fault("slow", "", seconds=SLOW)
        started = [
            await hana.start("refresh"),
            await hana.start("collections", account="10005"),
            await ada.start("collection", id="299"),
            await ada.start("holders check", member=hana.user),
            await ada.start("gate add", role=str(int(WHALE) + 1), rule="88 >= 2"),
            await hana.start("roles"),
        ]
        for interaction in started:
            acknowledged = await sandbox.answer(interaction, wait="acknowledged")
            assert acknowledged["state"] in ACKNOWLEDGED, acknowledged
        assert len(await sandbox.requests("")) == before  # none of it waited for the source
        answers = [await sandbox.answer(interaction) for interaction in started]
        assert [answer["error"] for answer in answers] == [None] * len(started)
        assert {answer["state"] for answer in answers} == {"answered"}
        async with asyncio.timeout(60):
            while f"<@&{WHALE}>" not in (await sandbox.current(answers[0])).text:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)
        settled = await sandbox.settled(answers[1])
        assert settled.titles()
        assert "Whale" in await hana.roles()
