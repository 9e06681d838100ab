"""News that members did not ask for, and proofs that end by themselves, with a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.client import Bot, point_at
from bot.cogs.accounts import AccountsCog
from bot.cogs.notices import NoticesCog
from bot.cogs.proofs import Proofs
from bot.cogs.verify import VerifyCog
from bot.config import DiscordSettings
from bot.linking.ways import Way
from bot.run import run_until
from sandbox.world import BOT_TOKEN
from tests.stage import Answer, Person, Stage, open_stage
from tests.web.stand import Stand, open_stand


async def _nothing_to_cut_short() -> None:
    """There are no readings here."""


@pytest.fixture
async def stand(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Stand]:
    """Discord, the page's handlers, and the cogs about proofs; a round of news is every few milliseconds.

    Beside a page with codes, signatures may be pasted too.
    """
    way = getattr(request, "param", Way.PASTE)
    async with open_stage() as stage, open_stand(stage, tmp_path, way=way) as stand:
        settings = DiscordSettings(
            api_url=f"{stage.url}/api/v10", gateway_url=f"{stage.url.replace('http', 'ws', 1)}/gateway/"
        )
        point_at(settings)
        bot = Bot(settings, cut_short=_nothing_to_cut_short)
        proofs = Proofs(bot, stand.linking, public_url=stand.url, paste=way is Way.CODE)
        await bot.add_cog(VerifyCog(stand.linking, proofs))
        await bot.add_cog(AccountsCog(bot, stand.linking, proofs, expires=600))
        await bot.add_cog(NoticesCog(bot, stand.linking, every=0.02))
        stop = asyncio.Event()
        running = asyncio.create_task(run_until(stop, bot, BOT_TOKEN))
        try:
            await stage.online()
            yield stand
        finally:
            stop.set()
            await running


async def until(what: Callable[[], Awaitable[bool]], seconds: float = 5) -> None:
    """Return when something has become true."""
    async with asyncio.timeout(seconds):
        while not await what():  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.02)


async def prove(stand: Stand, username: str, account: str) -> None:
    """Somebody proves an account by a pasted signature."""
    stage = stand.stage
    person = await stage.person(username)
    answer = await person.run("verify", account=account)
    signature = await stage.signature(text_of(answer), account)
    await person.submit(await person.press(answer, "paste"), signature=signature)


def text_of(answer: Answer) -> str:
    """The text to be signed."""
    content: str = answer.message["content"]
    return content.removeprefix("```text\n").removesuffix("\n```")


async def news(person: Person) -> list[str]:
    """The headings of what the bot wrote to somebody."""
    return [embed["title"] for message in await person.direct_messages() for embed in message["embeds"]]


async def has_news(person: Person, *titles: str) -> None:
    """Return when the bot has written exactly these to somebody."""

    async def have() -> bool:
        return await news(person) == list(titles)

    await until(have)


async def test_holder_and_claimant_are_told_what_becomes_of_an_account(stand: Stand) -> None:
    ada, wren = await stand.stage.person("ada"), await stand.stage.person("wren")
    await prove(stand, "ada", "10001")
    await prove(stand, "wren", "10001")
    await has_news(ada, "Somebody else claims your account")
    (message,) = await ada.direct_messages()
    words = message["embeds"][0]["description"]
    assert "0x90E78956725E312A4217E90bDD1d8A496F018A71".lower() in words.lower()
    assert "`/accounts` → Object, then sign again by `/verify`" in words
    assert await news(wren) == []

    stand.pass_time(timedelta(hours=25))
    await has_news(ada, "Somebody else claims your account", "An account is no longer proven as yours")
    await has_news(wren, "The account is yours")
    assert await stand.accounts("ada") == {"loopring:10001": False}
    assert await stand.accounts("wren") == {"loopring:10001": True}


async def test_who_takes_no_direct_messages_is_told_below_the_next_answer(stand: Stand) -> None:
    ada = await stand.stage.person("ada")
    await ada.takes_direct_messages(accepts=False)
    await prove(stand, "ada", "10001")
    await prove(stand, "wren", "10001")

    async def is_refused() -> bool:
        return await refused_messages(stand.stage) > 0

    await until(is_refused)
    # News that came later get through, so rounds went by: who refused is not written to again.
    await prove(stand, "wren", "10010")
    await prove(stand, "hana", "10010")
    await has_news(await stand.stage.person("wren"), "Somebody else claims your account")
    assert await refused_messages(stand.stage) == 1

    await ada.run("accounts")

    async def is_told() -> bool:
        return await stand.linking.contests.notices() == []

    await until(is_told)
    await ada.run("accounts")
    told = [message for message in await ada.messages() if "claims your" in message["embeds"][0]["title"]]
    assert [message["ephemeral"] for message in told] == [True]


async def refused_messages(stage: Stage) -> int:
    """How many direct messages Discord refused."""
    traffic = await stage.get("/_sandbox/traffic", service="discord")
    return sum(
        exchange["method"] == "POST" and exchange["path"].endswith("/messages") and exchange["status"] == 403
        for exchange in traffic["exchanges"]
    )


async def test_a_store_that_fails_ends_no_rounds(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    await prove(stand, "ada", "10001")
    await stand.store.writer.run(lambda db: db.conn.execute("ALTER TABLE notices RENAME TO elsewhere").fetchall())

    async def has_failed() -> bool:
        return "notices: this round failed" in caplog.text

    await until(has_failed)
    await stand.store.writer.run(lambda db: db.conn.execute("ALTER TABLE elsewhere RENAME TO notices").fetchall())
    await prove(stand, "wren", "10001")
    await has_news(await stand.stage.person("ada"), "Somebody else claims your account")


# ---------------------------------------------------------------- proofs on the page


def url_of(answer: Answer) -> str:
    """Where the button leads."""
    (button,) = [item for item in answer.components() if "url" in item]
    return str(button["url"])


async def has_become(stand: Stand, answer: Answer, title: str) -> Answer:
    """The answer once it has another heading."""
    current = answer

    async def has() -> bool:
        nonlocal current
        current = await stand.stage.current(answer)
        return bool(current.embeds[0]["title"] == title)

    await until(has)
    return current


@pytest.mark.parametrize("stand", [Way.OAUTH], indirect=True)
async def test_the_message_that_holds_the_link_tells_what_became_of_it(stand: Stand) -> None:
    ada = await stand.stage.person("ada")
    answer = await ada.run("verify", account="10001")
    assert answer.message["ephemeral"]
    assert "Log in to Discord there, as **ada**." in answer.text
    assert f"We only ever use `{stand.url}`." in answer.text
    assert url_of(answer).startswith(f"{stand.url}/v#t=")
    browser = stand.browser()
    await browser.open(url_of(answer))
    await browser.log_in(ada.user)
    assert (await browser.sign("10001")).body["step"] == "done"
    linked = await has_become(stand, answer, "Linked")
    undone = await ada.press(linked, "unlink")
    assert "Removed `loopring:10001` and the proof." in undone.text
    assert await stand.accounts("ada") == {}


@pytest.mark.parametrize("stand", [Way.OAUTH], indirect=True)
async def test_links_that_others_open_lock_their_maker_out_and_alarm_the_servers_owner(stand: Stand) -> None:
    mallory, hana = await stand.stage.person("wren"), await stand.stage.person("hana")
    owner = await stand.stage.person("rosalind")
    for number in (1, 2, 3):
        answer = await mallory.run("verify")
        browser = stand.browser()
        await browser.open(url_of(answer))
        await browser.log_in(hana.user)
        told = await has_become(stand, answer, "Nothing was linked")
        assert "Links are for you alone: never send one to anybody." in told.text
        assert ("you cannot verify for a day" in told.text) == (number == 3)
        assert told.components() == []
    await has_news(owner, "Links of a member were opened by others")
    (message,) = await owner.direct_messages()
    assert f"**wren** (`{mallory.user}`) in **The Mosaic Society**" in message["embeds"][0]["description"]
    locked = await mallory.run("verify")
    assert "you cannot verify for a day" in locked.text


@pytest.mark.parametrize("stand", [Way.OAUTH], indirect=True)
async def test_a_newer_link_replaces_an_older_one_and_a_cancelled_one_says_so(stand: Stand) -> None:
    ada = await stand.stage.person("ada")
    older = await ada.run("verify")
    newer = await ada.run("verify")
    replaced = await has_become(stand, older, "This link is not valid any more")
    assert replaced.components() == []
    browser = stand.browser()
    await browser.open(url_of(newer))
    await browser.log_in(ada.user)
    await browser.post("cancel")
    assert (await has_become(stand, newer, "Cancelled")).components() == []


@pytest.mark.parametrize("stand", [Way.OAUTH], indirect=True)
async def test_a_link_that_nobody_follows_expires(stand: Stand) -> None:
    # Its ten minutes, and what is granted on top, are almost over when it is made.
    stand.pass_time(timedelta(minutes=-10, seconds=-44.5))
    ada = await stand.stage.person("ada")
    answer = await ada.run("verify")
    expired = await has_become(stand, answer, "The link has expired")
    assert expired.components() == []


@pytest.mark.parametrize("stand", [Way.CODE], indirect=True)
async def test_without_a_login_the_code_of_the_page_is_typed_by_whoever_made_the_link(stand: Stand) -> None:
    ada = await stand.stage.person("ada")
    answer = await ada.run("verify", account="10001")
    await ada.submit(await ada.press(answer, "code"), code="ABCD-2345")
    assert "There is nothing to type a code for. Open your link first" in await last_words(ada)
    browser = stand.browser()
    await browser.open(url_of(answer))
    signed = await browser.sign("10001")
    code = signed.body["code"]
    await ada.submit(await ada.press(answer, "code"), code="0000-0000")
    assert "That is not the code that the page showed. 4 more tries." in await last_words(ada)
    assert await stand.accounts("ada") == {}
    done = await ada.submit(await ada.press(answer, "code"), code=code.lower())
    assert done.embeds[0]["title"] == "Linked"
    assert await stand.accounts("ada") == {"loopring:10001": True}


@pytest.mark.parametrize("stand", [Way.CODE], indirect=True)
async def test_beside_a_page_the_signature_can_be_pasted_where_that_is_allowed(stand: Stand) -> None:
    ada = await stand.stage.person("ada")
    answer = await ada.run("verify", account="10001")
    elsewhere = await ada.press(answer, "elsewhere")
    await has_become(stand, answer, "This link is not valid any more")
    signature = await stand.stage.signature(text_of(elsewhere), "10001")
    done = await ada.submit(await ada.press(elsewhere, "paste"), signature=signature)
    assert done.embeds[0]["title"] == "Linked"


@pytest.mark.parametrize("stand", [Way.OAUTH], indirect=True)
async def test_a_signer_is_only_named_where_signatures_are_pasted(stand: Stand) -> None:
    ada = await stand.stage.person("ada")
    answer = await ada.run("verify", account="10001", signer=await stand.address("10001"))
    assert "connect that key on the page" in answer.text
    assert [item["label"] for item in (await ada.run("verify")).components()] == ["Open the page"]


async def last_words(person: Person) -> str:
    """What was told to somebody last."""
    last: dict[str, Any] = (await person.messages())[-1]
    return str(last["embeds"][0]["description"])
