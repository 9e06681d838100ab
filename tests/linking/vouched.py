"""Two accounts that moderators vouch for, and where."""

from __future__ import annotations

from datetime import timedelta

from bot.links import InGuild
from tests.linking.harness import GUILD, HERE, JOINED, LinkingHarness, owner_of

ELSEWHERE = InGuild(GUILD + 1, JOINED)
ADA, HANA = "loopring:10001", "loopring:10002"
KEY = "10001"
OWNER = owner_of(KEY)
A_SECOND = timedelta(seconds=1)


async def vouches(harness: LinkingHarness, user_id: int, scope: InGuild = HERE) -> list[tuple[str, bool]]:
    """What is vouched for somebody: accounts, and whether they confirmed."""
    found = await harness.linking.vouching.of(user_id, scope)
    return [(str(vouch.account), vouch.confirmed_at is not None) for vouch in found]
