"""`tessera contest list|decide`, beside a bot that has the store open."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.linking.contest_rules import LONGER_CONTESTS, MOST_CLAIMS
from bot.linking.outcome import Result as Proof
from bot.links import NOWHERE, NotificationKind
from bot.signing.signature import checksummed
from bot.store.pseudonyms import OPERATOR
from tests.cli.result import Result
from tests.linking.harness import ANN, BEN, CLEO, CONTEST, LinkingHarness, open_linking, owner_of
from tests.sandbox_client import SECRETS

ACCOUNT, OTHER = "loopring:10001", "loopring:10002"
KEY = "a wallet"
OWNER = owner_of(KEY)
ADDRESS = checksummed(OWNER)
FOR, AGAINST, NOBODY = (
    NotificationKind.DECIDED_FOR,
    NotificationKind.DECIDED_AGAINST,
    NotificationKind.DECIDED_FOR_NOBODY,
)
Command = Callable[..., Awaitable[Result]]


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[LinkingHarness]:
    """The services of a bot that is running."""
    async with open_linking(path=tmp_path / "t.db", token=SECRETS["DISCORD_TOKEN"]) as harness:
        await harness.round()
        yield harness


@pytest.fixture
def contest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `tessera contest …`, with what is typed while it runs; in a thread, as it makes a loop of its own."""
    config = tmp_path / "config.toml"
    config.write_text(f'[store]\npath = "{tmp_path / "t.db"}"\n', encoding="utf-8")

    async def run(command: str, *arguments: str, typed: str = "") -> Result:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = await asyncio.to_thread(main, ["contest", command, "--config", str(config), *arguments])
        out, err = capsys.readouterr()
        return Result(code, out, err)

    return run


async def contested(harness: LinkingHarness) -> None:
    """Ann has it, and Ben claims it."""
    await harness.prove(ANN, ACCOUNT, KEY)
    await harness.prove(BEN, ACCOUNT, KEY)


async def frozen(harness: LinkingHarness) -> None:
    """Ben has it, Ann had it before, and Cleo has signed since."""
    await contested(harness)
    await harness.freeze(OWNER)
    await harness.prove(CLEO, ACCOUNT, KEY)


async def kinds(harness: LinkingHarness) -> dict[int, list[NotificationKind]]:
    """Whom the bot notifies of what in its next round."""
    return {member: found for member in (ANN, BEN, CLEO) if (found := await harness.pending_kinds(member))}


async def test_there_is_nothing_to_list(harness: LinkingHarness, contest: Command) -> None:
    await harness.prove(ANN, ACCOUNT, KEY)
    assert await contest("list") == Result(0, "No address is contested or frozen.\n", "")


async def test_the_list_shows_who_signed_for_which_address_and_until_when(
    harness: LinkingHarness, contest: Command
) -> None:
    await contested(harness)
    await harness.prove(CLEO, OTHER, "another")
    await harness.freeze(owner_of("another"))
    listed = await contest("list")
    heading, *rows = (" ".join(line.split()) for line in listed.lines)
    assert heading == "ADDRESS STATE SINCE (UTC) UNTIL (UTC) HOLDER ALSO SIGNED CLAIMS MOVES"
    since, until = (f"{at:%Y-%m-%d %H:%M}" for at in (harness.now, harness.now + CONTEST))
    frozen = checksummed(owner_of("another"))
    assert set(rows) == {
        f"{ADDRESS[:6]}…{ADDRESS[-4:]} contested {since} {until} {ANN} {BEN} 1 0",
        f"{frozen[:6]}…{frozen[-4:]} frozen {since} you decide {CLEO} nobody 0 0",
    }
    assert ADDRESS not in listed.out
    assert ADDRESS in (await contest("list", "--full")).out


async def test_a_decision_for_the_challenger_moves_the_address_and_all_are_notified(
    harness: LinkingHarness, contest: Command
) -> None:
    await contested(harness)
    await harness.round()
    decided = await contest("decide", ADDRESS, "--for", str(BEN), "--yes")
    assert (decided.code, decided.err) == (0, "")
    assert decided.lines[-4:] == [
        f"It will be proven by {BEN}.",
        f"It will be unproven for {ANN}.",
        "All of them are notified, and the next contest about it takes a week or longer.",
        "Done. The bot notifies them within a minute, or when it is started.",
    ]
    assert await harness.store.links.holder(OWNER) == BEN
    assert (await harness.listed(ANN), await harness.listed(BEN)) == ({ACCOUNT: False}, {ACCOUNT: True})
    assert await kinds(harness) == {ANN: [AGAINST], BEN: [FOR]}
    before = len(harness.messages)
    await harness.round()  # although Ann had a message about the address today
    assert {member for _, member, _ in harness.messages[before:]} == {ANN, BEN}
    [(actor, subject)] = await harness.rows("SELECT actor, subject FROM audit WHERE verb = 'contest-decide'")
    assert (actor, subject) == (harness.pseudonym(OPERATOR), harness.pseudonym(BEN))


async def test_a_decision_for_the_holder_ends_the_contest(harness: LinkingHarness, contest: Command) -> None:
    await contested(harness)
    decided = await contest("decide", OWNER, "--for", str(ANN), "--yes")
    assert f"It will stay proven by {ANN}." in decided.lines
    assert await harness.store.contests.held_by(ANN) == []
    assert await kinds(harness) == {ANN: [FOR], BEN: [AGAINST]}
    assert (await harness.prove(BEN, ACCOUNT, KEY)).until == harness.now + LONGER_CONTESTS[0]


@pytest.mark.parametrize("winner", [ANN, BEN, CLEO])
async def test_a_decision_ends_a_freeze(harness: LinkingHarness, contest: Command, winner: int) -> None:
    await frozen(harness)
    assert (await contest("decide", ADDRESS, "--for", str(winner), "--yes")).code == 0
    assert await harness.store.links.holder(OWNER) == winner
    assert await kinds(harness) == {each: [FOR if each == winner else AGAINST] for each in (ANN, BEN, CLEO)}
    [proven] = (await harness.store.proven.of(winner, NOWHERE)).accounts.values()
    assert not proven.is_frozen
    for member in {ANN, BEN, CLEO} - {winner}:
        assert (await harness.prove(member, ACCOUNT, KEY)).result is Proof.CONTESTED
        break


async def test_counting_starts_again_with_a_decision(harness: LinkingHarness, contest: Command) -> None:
    """Or the next claim would freeze the address again; and it is no first claim."""
    await harness.prove(ANN, ACCOUNT, KEY)
    for _ in range(MOST_CLAIMS):
        await harness.prove(BEN, ACCOUNT, KEY)
        await harness.prove(ANN, ACCOUNT, KEY)
        harness.pass_time(CONTEST)
    assert (await harness.prove(BEN, ACCOUNT, KEY)).result is Proof.FROZEN
    await contest("decide", ADDRESS, "--for", str(ANN), "--yes")
    outcome = await harness.prove(BEN, ACCOUNT, KEY)
    assert (outcome.result, outcome.until) == (Proof.CONTESTED, harness.now + LONGER_CONTESTS[0])


async def test_a_holder_by_decision_starts_the_cool_down_again(harness: LinkingHarness, contest: Command) -> None:
    await frozen(harness)
    [before] = (await harness.store.proven.of(ANN, NOWHERE)).accounts.values()
    await contest("decide", ADDRESS, "--for", str(BEN), "--yes")
    await contest("list")
    [after] = (await harness.store.proven.of(BEN, NOWHERE)).accounts.values()
    assert after.first_proven_at != before.first_proven_at
    assert after.first_proven_at == after.proven_at


async def test_a_decision_for_nobody_leaves_it_to_the_next_signature(harness: LinkingHarness, contest: Command) -> None:
    await frozen(harness)
    decided = await contest("decide", ADDRESS, "--nobody", "--yes")
    assert "It will be proven by nobody: who has its key must sign for it again." in decided.lines
    assert await harness.store.links.holder(OWNER) is None
    assert await kinds(harness) == {each: [NOBODY] for each in (ANN, BEN, CLEO)}
    assert await harness.listed(ANN) == {ACCOUNT: False}
    assert (await harness.prove(BEN, ACCOUNT, KEY)).result is Proof.LINKED
    [(actor, subject)] = await harness.rows("SELECT actor, subject FROM audit WHERE verb = 'contest-decide'")
    assert (actor, subject) == (harness.pseudonym(OPERATOR), harness.pseudonym(OWNER))


@pytest.mark.parametrize("typed", ["", "no\n", "y\n"])
async def test_nothing_is_decided_before_yes_is_typed(harness: LinkingHarness, contest: Command, typed: str) -> None:
    await contested(harness)
    before = await harness.dump()
    asked = await contest("decide", ADDRESS, "--for", str(BEN), typed=typed)
    assert (asked.code, asked.err) == (2, "tessera: Nothing was changed: type `yes`, or say --yes.\n")
    assert asked.lines[0] == f"{ADDRESS}, contested until {harness.now + CONTEST:%Y-%m-%d %H:%M} UTC"
    proven_at = f"{harness.now:%Y-%m-%d %H:%M} UTC (signature)"
    assert asked.lines[1:3] == [f"  {ANN} has it now, proven at {proven_at}", f"  {BEN} signed at {proven_at}"]
    assert asked.lines[-1] == "Type `yes` to do it:"
    assert await harness.dump() == before
    assert (await contest("decide", ADDRESS, "--for", str(BEN), typed="yes\n")).code == 0
    assert await harness.store.links.holder(OWNER) == BEN


async def test_what_is_not_in_dispute_cannot_be_decided(harness: LinkingHarness, contest: Command) -> None:
    await harness.prove(ANN, ACCOUNT, KEY)
    refused = await contest("decide", ADDRESS, "--nobody", "--yes")
    assert (refused.code, refused.complaint) == (
        2,
        f"tessera: {ADDRESS} is neither contested nor frozen. `tessera contest list --full` lists those that are.",
    )
    assert (await contest("decide", "0x12…34", "--nobody", "--yes")).code == 2


async def test_only_a_member_who_signed_can_be_decided_for(harness: LinkingHarness, contest: Command) -> None:
    await contested(harness)
    refused = await contest("decide", ADDRESS, "--for", str(CLEO), "--yes")
    assert (refused.code, refused.complaint) == (
        2,
        f"tessera: {CLEO} has not signed for {ADDRESS}. These members have: {ANN}, {BEN}.",
    )


async def test_without_the_bots_token_nothing_is_counted(
    harness: LinkingHarness, contest: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    await contested(harness)
    monkeypatch.delenv("DISCORD_TOKEN")
    refused = await contest("list")
    assert (refused.code, refused.complaint) == (
        2,
        "tessera: No Discord token: set DISCORD_TOKEN or DISCORD_TOKEN_FILE as for the bot. It keys what is counted.",
    )


async def test_a_decision_is_not_made_about_what_has_changed_since_it_was_shown(
    harness: LinkingHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cleo signs while the operator reads what will happen."""
    await contested(harness)
    config = tmp_path / "config.toml"
    config.write_text(f'[store]\npath = "{tmp_path / "t.db"}"\n', encoding="utf-8")
    loop = asyncio.get_running_loop()

    class Typing:
        def readline(self) -> str:
            asyncio.run_coroutine_threadsafe(harness.prove(CLEO, ACCOUNT, KEY), loop).result()
            return "yes\n"

    monkeypatch.setattr("sys.stdin", Typing())
    command = ["contest", "decide", "--config", str(config), ADDRESS, "--for", str(BEN)]
    assert await asyncio.to_thread(main, command) == 2
    assert capsys.readouterr().err == (
        "tessera: Meanwhile somebody signed or withdrew: nothing was changed. Look at `tessera contest list` again.\n"
    )
    assert await harness.store.links.holder(OWNER) == ANN
    assert await harness.rows("SELECT 1 FROM audit WHERE verb = 'contest-decide'") == []


@pytest.mark.parametrize("command", [[], ["list"], ["decide"]], ids=" ".join)
def test_help_is_printed(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["contest", *command, "--help"])
    assert ended.value.code == 0
    assert "contest" in capsys.readouterr().out
