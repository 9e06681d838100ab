"""Moderators of one server, with accomplices, try to change any answer in another: what is proven, linked, refused.

Two runs of one history of server B, over the real store and the real services of linking, with an archive as the
source: one alone, and one with anything that server A can do in between. Every answer in B is the same to the byte.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.archive.lines import AccountRecord
from bot.archive.writer import write_archive
from bot.cogs.linking import link_embeds, vouch_embeds
from bot.cogs.linking.accounts_overview import overview_embeds
from bot.cogs.linking.link_embeds import Overview
from bot.cogs.linking.vouch_buttons import question_view
from bot.errors import TesseraError
from bot.links import NOWHERE, InGuild, Scope
from bot.sources.archive import ArchiveSource
from bot.store.rows import to_account
from tests.archive.fixtures import RECORDED_AT, header
from tests.linking.harness import ANN, BEN, CLEO, GUILD, JOINED, MOD, LinkingHarness, open_linking, owner_of
from tests.webhooks.harness import open_webhooks

A, B = InGuild(GUILD + 1, JOINED), InGuild(GUILD, JOINED)
MEMBERS = (ANN, BEN, CLEO)
# A's moderators: its owner; a member of B who has a server of their own; and B's own moderator there.
OF_A = (GUILD + 77, CLEO, MOD)
NUMBERS = ("10001", "10002", "10003", "10004")

members = st.sampled_from(MEMBERS)
numbers = st.sampled_from(NUMBERS)
typed = numbers | st.sampled_from([*(f"loopring:{number}" for number in NUMBERS), "10099", "nonsense!"])


@dataclass(frozen=True)
class Act:
    """Something that somebody does; `name` is a method of `_Server`."""

    name: str
    args: tuple[Any, ...]


def acts(moderators: st.SearchStrategy[int]) -> list[st.SearchStrategy[Act]]:
    """What can be done with vouches in any server."""
    return [
        st.builds(Act, st.just("vouch"), st.tuples(members, typed, moderators)),
        st.builds(Act, st.just("vouch_and_confirm"), st.tuples(members, numbers, moderators)),
        st.builds(Act, st.just("unvouch"), st.tuples(members, typed, moderators)),
        st.builds(Act, st.just("answer"), st.tuples(members, st.booleans())),
        st.builds(Act, st.just("notify"), st.tuples(st.booleans())),
    ]


IN_A = st.one_of(
    *acts(st.sampled_from(OF_A)),
    st.builds(Act, st.just("press"), st.tuples(st.sampled_from(OF_A), st.booleans())),
    st.builds(Act, st.just("leave"), st.just(())),
)
IN_B = st.one_of(
    *acts(st.just(MOD)),
    st.builds(Act, st.just("link"), st.tuples(members, typed)),
    st.builds(Act, st.just("prove"), st.tuples(members, numbers)),
    st.builds(Act, st.just("unlink"), st.tuples(members, numbers)),
    st.builds(Act, st.just("make_main"), st.tuples(members, numbers)),
    st.builds(Act, st.just("accounts"), st.tuples(members)),
    st.builds(Act, st.just("delete"), st.tuples(members)),
    st.builds(Act, st.just("wait"), st.tuples(st.sampled_from([1, 25, 24 * 31]))),
)
histories = st.lists(st.tuples(st.just(A), IN_A) | st.tuples(st.just(B), IN_B), min_size=8, max_size=30)
History = Sequence[tuple[InGuild, Act]]


class _Server:
    """What is answered in one server, as text."""

    def __init__(self, harness: LinkingHarness, here: InGuild) -> None:
        self._harness = harness
        self._linking = harness.linking
        self._here = here

    async def do(self, act: Act) -> str:
        """Do something there; the answer, or the sentence by which it is refused."""
        try:
            return str(await getattr(self, act.name)(*act.args))
        except TesseraError as error:
            return f"{type(error).__name__}: {error.sentence}"

    async def vouch(self, user_id: int, text: str, moderator: int) -> str:
        account = await self._linking.vouching.ask(user_id, self._here, text, moderator_id=moderator)
        return _shown(vouch_embeds.asked_embed(account, "somebody"))

    async def vouch_and_confirm(self, user_id: int, text: str, moderator: int) -> str:
        asked = await self.vouch(user_id, text, moderator)
        found = await self._linking.vouching.of(user_id, self._here)
        latest = next((vouch for vouch in reversed(found) if vouch.confirmed_at is None), None)
        if latest is None:  # declined before: so it only looks asked
            return asked
        _, counts = await self._linking.vouching.confirm(user_id, self._here, latest.vouch_id)
        return f"{asked} {counts}"

    async def unvouch(self, user_id: int, text: str, moderator: int) -> str:
        withdraw = self._linking.vouching.withdraw
        account = await withdraw(user_id, self._here.guild_id, text, moderator_id=moderator)
        return _shown(vouch_embeds.withdrawn_embed(account, "somebody"))

    async def answer(self, user_id: int, confirms: bool) -> str:  # noqa: FBT001 - the arguments are a tuple
        """The member answers the oldest question, or takes back what they confirmed."""
        for vouch in (await self._linking.vouching.of(user_id, self._here))[:1]:
            its = (user_id, self._here, vouch.vouch_id)
            if confirms:
                confirmed, counts = await self._linking.vouching.confirm(*its)
                return vouch_embeds.confirmed_words(confirmed, counts=counts)
            return vouch_embeds.declined_words(await self._linking.vouching.decline(*its))
        return "nothing to answer"

    async def press(self, moderator: int, confirms: bool) -> str:  # noqa: FBT001 - likewise
        """Somebody presses the buttons of everybody's questions, with each server's number."""
        for user_id in MEMBERS:
            for scope in (A, B):
                for vouch in await self._harness.store.vouches.of(user_id, scope):
                    act = self._linking.vouching.confirm if confirms else self._linking.vouching.decline
                    for where in (A, B):
                        with pytest.raises(TesseraError):
                            await act(moderator if moderator != user_id else -1, where, vouch.vouch_id)
        return ""

    async def leave(self) -> None:
        """The bot is thrown out of that server."""
        await self._linking.vouching.forget_guild(self._here.guild_id)

    async def notify(self, refused: bool) -> str:  # noqa: FBT001 - likewise
        """Members are asked, with the buttons of the messages."""
        sent = []
        for vouch, was_refused in await self._linking.vouching.to_notify():
            if vouch.guild_id == self._here.guild_id:
                await self._linking.vouching.mark_notified(vouch, refused=refused)
                view = question_view(vouch).to_components()
                sent.append((_shown(vouch_embeds.question_embed(vouch, "the server")), view, was_refused))
        return json.dumps(sent)

    async def link(self, user_id: int, text: str) -> str:
        linked = await self._linking.accounts.link(user_id, text)
        return _shown(link_embeds.linked_embed(linked, await self._linking.proven.of(user_id, self._here)))

    async def prove(self, user_id: int, number: str) -> str:
        outcome = await self._harness.prove(user_id, f"loopring:{number}", number)
        return f"{outcome.result} {outcome.owner} {outcome.accounts} {outcome.until}"

    async def unlink(self, user_id: int, number: str) -> str:
        link = await self._linking.accounts.find(user_id, number)
        asked = _shown(link_embeds.remove_embed(link, await self._overview(user_id, self._here)))
        return f"{asked} {await self._linking.accounts.remove(user_id, link.account)}"

    async def make_main(self, user_id: int, number: str) -> None:
        await self._linking.accounts.set_main(user_id, to_account(f"loopring:{number}"))

    async def delete(self, user_id: int) -> str:
        return str(await self._harness.delete(user_id))

    async def wait(self, hours: int) -> str:
        """Time goes by; for a month the bot is away."""
        span = timedelta(hours=hours)
        if span > timedelta(days=2):
            self._harness.pass_time(span)
        moved = await (self._harness.settle() if span > timedelta(days=2) else self._harness.run_for(span))
        await self._harness.purge()
        return str(moved)

    async def accounts(self, user_id: int) -> str:
        """All that a member sees there and in direct messages, suggestions and notifications too."""
        proven = await self._linking.proven.of(user_id, self._here)
        overviews = [await self._overview(user_id, scope) for scope in (self._here, NOWHERE)]
        shown = [_shown(embed) for overview in overviews for embed in overview_embeds(overview)]
        shown += [f"{each} {how}" for each, how in sorted(proven.accounts.items(), key=str)]
        shown += [link_embeds.main_words(proven.of(link)).render() for link in overviews[0].links[:1]]
        shown += [link_embeds.choice_words(link) for link in await self._linking.accounts.matching(user_id, "")]
        shown += [str(each) for each in await self._linking.notifications.pending(user_id)]
        export = await self._harness.export(user_id)
        # The export is of everything about its member, in every server: that it lists A's is what it is for. And the
        # texts that were signed have random numbers in them, as have the keys by which sessions are ordered.
        elsewhere = {"vouches", "sync_members", "vouched_by_you", "audit", "challenges"}
        rows = {part: rows for part, rows in export.items() if part not in elsewhere and isinstance(rows, list)}
        return "\n".join([*shown, *(f"{part}: {sorted(map(str, its))}" for part, its in rows.items())])

    async def _overview(self, user_id: int, scope: Scope) -> Overview:
        return Overview(
            proven=await self._linking.proven.of(user_id, scope),
            links=await self._harness.store.links.of(user_id),
            held=await self._harness.store.contests.held_by(user_id),
            opened=await self._harness.store.contests.opened_by(user_id),
            vouches=await self._linking.vouching.of(user_id, scope),
        )


def _shown(embed: discord.Embed) -> str:
    return json.dumps(embed.to_dict())


# Asked at the end of each run: whatever the history did not happen to look at.
_PROBES = [
    *(Act("accounts", (user_id,)) for user_id in MEMBERS),
    *(Act("vouch_and_confirm", (user_id, number, MOD)) for user_id in MEMBERS for number in NUMBERS),
    *(Act("prove", (user_id, NUMBERS[0])) for user_id in MEMBERS),
    *(Act("accounts", (user_id,)) for user_id in MEMBERS),
]


async def _answers(source: ArchiveSource, history: History) -> list[str]:
    """What was answered in server B."""
    async with open_linking(source) as harness:
        servers = {scope: _Server(harness, scope) for scope in (A, B)}
        answered = []
        for scope, act in [*history, *((B, act) for act in _PROBES)]:
            answer = await servers[scope].do(act)
            answered += [f"{act}: {answer}"] if scope is B else []
        return answered


async def _both(archive: Path, history: History) -> tuple[list[str], list[str]]:
    """What was answered in server B with all that happened in A, and without."""
    source = await ArchiveSource.open(archive, name="loopring")
    try:
        alone = [(scope, act) for scope, act in history if scope is B]
        return await _answers(source, history), await _answers(source, alone)
    finally:
        await source.close()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four accounts, whose owners are known without asking anybody."""
    path = tmp_path_factory.mktemp("archive") / "accounts.archive"
    records = [AccountRecord(number, RECORDED_AT, owner_of(number), 0) for number in NUMBERS]
    write_archive(path, header(), [], records)
    return path


def test_whatever_the_moderators_of_one_server_do_every_answer_in_another_stays_the_same(archive: Path) -> None:
    @settings(max_examples=20, deadline=None)
    @given(histories)
    def stays(history: History) -> None:
        with asyncio.Runner() as runner:
            with_a, alone = runner.run(_both(archive, history))
        assert with_a == alone

    stays()


async def test_what_admins_of_one_server_do_with_webhooks_changes_nothing_in_another() -> None:
    """Server A's admins use the same address, and every number that B's endpoint could have."""
    async with open_webhooks() as harness:
        mine, _ = await harness.add("tool", B.guild_id)
        await harness.happen(3, B.guild_id)
        await harness.deliveries.drain()
        before = await harness.webhooks.standings(B.guild_id)
        await harness.add("tool", A.guild_id)
        webhooks = harness.webhooks
        for endpoint_id in range(-1, mine + 1):
            for refused in (
                webhooks.test(A.guild_id, endpoint_id),
                webhooks.rotate(A.guild_id, endpoint_id, by=1),
                webhooks.pause(A.guild_id, endpoint_id),
                webhooks.resume(A.guild_id, endpoint_id),
                webhooks.replay(A.guild_id, endpoint_id, 1),
                webhooks.remove(A.guild_id, endpoint_id, by=1),
            ):
                with pytest.raises(TesseraError, match="This server has no webhook"):
                    await refused
        await harness.happen(2, A.guild_id)
        await harness.deliveries.drain()
        assert await harness.webhooks.standings(B.guild_id) == before
        servers = [each["body"]["server_id"] for each in await harness.received()]
        assert servers == [str(B.guild_id)] * 3 + [str(A.guild_id)] * 2
