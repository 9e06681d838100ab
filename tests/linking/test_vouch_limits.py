"""When a moderator may not vouch: every refusal is the same sentence, and limits do not show what members answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.errors import InputError
from bot.linking.vouching import VOUCH_LIMITS
from bot.store.rows import to_account
from tests.linking.harness import (
    ANN,
    BEN,
    DAN,
    GUILD,
    HERE,
    MOD,
    LinkingHarness,
    owner_of,
)
from tests.linking.vouched import A_SECOND, ADA, HANA, OWNER
from tests.sandbox_client import SandboxClient

REFUSED = (
    "You can vouch here, up to 10 times a day, for an account that exists and whose owner is known now, for a "
    "member who was not asked about it yet: nothing was changed."
)
ANSWERS = ["nothing", "confirm", "decline", "confirm and decline"]


async def refusal_of(harness: LinkingHarness, text: str, *, user_id: int = ANN, moderator: int = MOD) -> str:
    """The sentence by which a moderator is refused."""
    with pytest.raises(InputError) as refused:
        await harness.linking.vouching.ask(user_id, HERE, text, moderator_id=moderator)
    return refused.value.sentence


async def it_was_asked(harness: LinkingHarness) -> None:
    assert await harness.ask(ANN, ADA, OWNER)


async def it_was_confirmed(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ADA, OWNER)


async def it_was_declined(harness: LinkingHarness) -> None:
    asked = await harness.ask(ANN, ADA, OWNER)
    assert asked
    await harness.linking.vouching.decline(ANN, HERE, asked.vouch_id)


async def the_member_has_enough(harness: LinkingHarness) -> None:
    for number in range(VOUCH_LIMITS.of_member):
        assert await harness.ask(ANN, f"loopring:{number}", owner_of(str(number)))


async def the_moderator_asked_too_often(harness: LinkingHarness) -> None:
    for number in range(VOUCH_LIMITS.by_moderator):
        assert await harness.ask(DAN + number, f"loopring:{number}", owner_of(str(number)))


async def the_server_asked_too_often(harness: LinkingHarness) -> None:
    for number in range(VOUCH_LIMITS.in_guild):
        assert await harness.ask(DAN + number, f"loopring:{number}", owner_of(str(number)), moderator=number)


@pytest.mark.parametrize(
    "spoil",
    [
        it_was_asked,
        it_was_confirmed,
        it_was_declined,
        the_member_has_enough,
        the_moderator_asked_too_often,
        the_server_asked_too_often,
    ],
)
async def test_a_refusal_is_one_sentence_whatever_the_reason(
    asking: LinkingHarness, spoil: Callable[[LinkingHarness], Awaitable[None]]
) -> None:
    await spoil(asking)
    before = await asking.rows("SELECT * FROM vouches")
    assert await refusal_of(asking, "10001") == REFUSED
    assert await asking.rows("SELECT * FROM vouches") == before


@pytest.mark.parametrize("is_down", [False, True], ids=["there is no such account", "no source answers"])
async def test_the_same_sentence_refuses_what_no_source_knows(
    sandbox: SandboxClient, asking: LinkingHarness, *, is_down: bool
) -> None:
    if is_down:
        await sandbox.fault("html", "/api/")
    assert await refusal_of(asking, "10001" if is_down else "0x" + "12" * 20) == REFUSED


async def test_what_is_wrong_with_the_typed_text_is_said(asking: LinkingHarness) -> None:
    assert "is not an account" in await refusal_of(asking, "nonsense!")
    own = await refusal_of(asking, "10001", user_id=MOD)
    assert own == "Nobody can vouch for themselves: prove your account by `/verify`."
    assert await asking.rows("SELECT 1 FROM vouches") == await asking.rows("SELECT 1 FROM audit") == []


@pytest.mark.parametrize("where", [GUILD, GUILD + 1], ids=["here", "elsewhere"])
async def test_limits_are_of_one_server_and_one_day(harness: LinkingHarness, where: int) -> None:
    for number in range(VOUCH_LIMITS.in_guild):
        account, owner = f"loopring:{number}", owner_of(str(number))
        assert await harness.ask(DAN + number, account, owner, guild_id=where, moderator=number // 10)
    harness.pass_time(VOUCH_LIMITS.span - A_SECOND)
    refused = [await harness.ask(ANN, ADA, OWNER), await harness.ask(ANN, HANA, owner_of("10002"), moderator=0)]
    assert [vouch is None for vouch in refused] == 2 * [where == GUILD]
    harness.pass_time(A_SECOND)
    await harness.purge()
    assert await harness.ask(BEN, ADA, OWNER)


async def test_taking_back_does_not_give_a_try_back(harness: LinkingHarness) -> None:
    for number in range(VOUCH_LIMITS.by_moderator):
        asked = await harness.ask(ANN, ADA, OWNER)
        assert asked, number
        await harness.store.vouches.withdraw(GUILD, ANN, asked.account, harness.now, harness.pseudonym, MOD)
    assert await harness.ask(ANN, ADA, OWNER) is None
    assert await harness.ask(ANN, ADA, OWNER, moderator=BEN) is not None


@pytest.mark.parametrize("said", ANSWERS)
async def test_whether_a_moderator_may_ask_does_not_depend_on_what_the_member_answered(
    harness: LinkingHarness, said: str
) -> None:
    asked = [await harness.ask(ANN, f"loopring:{number}", owner_of(str(number))) for number in range(3)]
    for vouch in filter(None, asked):
        for answer in said.split(" and ") if said != "nothing" else []:
            await getattr(harness.linking.vouching, answer)(ANN, HERE, vouch.vouch_id)
    harness.pass_time(A_SECOND)
    seen = [await harness.ask(ANN, f"loopring:{number}", owner_of(str(number))) is not None for number in range(6)]
    for number in (0, 1):
        its = to_account(f"loopring:{number}")
        await harness.store.vouches.withdraw(GUILD, ANN, its, harness.now, harness.pseudonym, MOD)
    seen += [await harness.ask(BEN, "loopring:0", owner_of("0")) is not None]
    seen += [await harness.ask(ANN, f"loopring:{number}", owner_of(str(number))) is not None for number in (0, 6, 7)]
    assert seen == [False, False, False, True, True, False, True, True, True, False]
