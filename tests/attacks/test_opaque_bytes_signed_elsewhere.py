"""Mallory has a member sign 32 opaque bytes on a site of hers, as a "nonce", and submits that for a text naming her.

The bytes are the digest of the text that her own page shows for the member's address, so what the wallet signs is
`personal_sign(keccak(EIP191(text)))`: it shows neither the text nor whose page it is for. Loopring's contracts accept
such a signature, and so did this bot, with Loopring's suffix 03.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.links.proofs import ProofMethod
from sandbox.wallets import WALLET_FACTORY
from tests.sandbox_client import SandboxClient, open_sandbox
from tests.web.harness import Browser, PageHarness, Reply, open_page
from tests.web.wire import stored_rows

MALLORY = "brunowaves"
NOT_OF_THE_TEXT = (
    "Your wallet did not sign the text itself as a message (personal_sign), and nothing else is a proof. Try again, or "
    "choose another wallet."
)


@dataclass(frozen=True)
class Victim:
    """A member whose signature is wanted, and whether the wallet's key is connected in the wallet's place."""

    account: int
    by_key: bool = False


VICTIMS = [
    pytest.param(Victim(10001), id="a key"),
    pytest.param(Victim(10027), id="a key with borrowed code"),
    pytest.param(Victim(10028), id="a wallet that is not deployed"),
    pytest.param(Victim(10021), id="a wallet of Loopring's"),
    pytest.param(Victim(10026), id="a wallet that another one owns"),
    pytest.param(Victim(10031), id="an older wallet of Loopring's"),
    pytest.param(Victim(10030), id="a wallet of another maker"),
    pytest.param(Victim(10021, by_key=True), id="the key of a wallet of Loopring's"),
    pytest.param(Victim(10028, by_key=True), id="the key of a wallet that is not deployed"),
]


@pytest.fixture(scope="module")
async def module_sandbox() -> AsyncIterator[SandboxClient]:
    async with open_sandbox() as sandbox:
        yield sandbox


@pytest.fixture(params=[ProofMethod.OAUTH, ProofMethod.CODE], ids=["with a login", "with a code"])
async def harness(
    module_sandbox: SandboxClient, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[PageHarness]:
    await module_sandbox.reset()
    factories = (WALLET_FACTORY.lower(),)
    async with open_page(module_sandbox, tmp_path, method=request.param, factories=factories) as harness:
        yield harness


async def mallory_at_wallet(harness: PageHarness, victim: Victim) -> tuple[Browser, str]:
    """Mallory's own page, where a wallet may be connected, and the address whose signature she needs."""
    account = await harness.sandbox.get("/loopring/api/v3/account", accountId=victim.account)
    mallory, named = await harness.person(MALLORY), f"loopring:{victim.account}"
    link = await harness.linking.accounts.candidate(mallory.user_id, named) if victim.by_key else None
    browser = harness.browser()
    await browser.open((await harness.begin(MALLORY, link)).url)
    if harness.verification.method is ProofMethod.OAUTH:
        await browser.log_in(str(mallory.user_id))
    return browser, await harness.address(str(victim.account)) if victim.by_key else account["owner"]


async def submit(browser: Browser, address: str, style: str) -> Reply:
    """Submit what an address signed of the text that the page shows for it."""
    return await browser.sign("", address=address, style=style)


@pytest.mark.parametrize("victim", VICTIMS)
async def test_a_signature_of_the_digest_is_not_one_of_the_text(harness: PageHarness, victim: Victim) -> None:
    browser, address = await mallory_at_wallet(harness, victim)
    before = await stored_rows(harness)
    for style in ("loopring03", "opaque", "opaque02"):
        refused = await submit(browser, address, style)
        assert (refused.status, refused.error) == (400, "signature"), style
        if style == "loopring03":
            assert refused.sentence == NOT_OF_THE_TEXT
    assert await stored_rows(harness) == before
    assert (await browser.reload()).body["step"] == "wallet"
    # The text itself, signed by the same wallet, is a proof: the attack failed for nothing else.
    assert (await submit(browser, address, "personal")).body["step"] in ("done", "code")


@pytest.mark.parametrize("victim", VICTIMS)
async def test_a_member_proves_the_same_wallet_by_any_form_of_a_signature_of_the_text(
    harness: PageHarness, victim: Victim
) -> None:
    for style in ("personal", "v0", "compact", "loopring02"):
        browser, address = await mallory_at_wallet(harness, victim)
        accepted = await submit(browser, address, style)
        assert accepted.body.get("step") in ("done", "code"), (style, accepted.body)
