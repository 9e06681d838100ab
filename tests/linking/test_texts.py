"""The texts that are handed out: which of the two, with which page, and for which wallet."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from bot.links.proofs import ProofMethod
from bot.signing.signature import checksummed
from tests.linking.harness import ANN, GUILD, LinkingHarness, owner_of
from tests.linking.started_proof import FIRST, begin, token_of
from tests.sandbox_client import SandboxClient
from tests.web.harness import open_page

KEY, WALLET = owner_of("two"), owner_of("one")
MINUTES = timedelta(minutes=5)


async def test_on_the_page_it_is_a_sign_in_of_that_page(harness: LinkingHarness) -> None:
    started = await begin(harness, ANN, method=ProofMethod.CODE)
    session, _ = await harness.linking.verification.bind_browser(token_of(started), "")
    issued = await harness.linking.verification.challenge(session, WALLET)
    first, address = issued.text.split("\n")[:2]
    assert first == "verify.example.org wants you to sign in with your Ethereum account:"
    assert (address, issued.expires_at) == (checksummed(WALLET), harness.now + MINUTES)
    assert "\nURI: https://verify.example.org/v\n" in issued.text
    assert f"\nNonce: {issued.nonce}\n" in issued.text
    assert issued.text.endswith("\nResources:\n- urn:loopring:account:10001")


async def test_the_text_to_paste_is_not_a_sign_in(harness: LinkingHarness) -> None:
    issued = await harness.linking.verification.challenge((await begin(harness, ANN)).session, WALLET)
    assert issued.text.startswith(
        f"Tessera link request, version 1\n{checksummed(WALLET)}\n\nI am Discord user somebody"
    )


async def test_the_text_for_a_smart_wallets_key_names_the_wallet(harness: LinkingHarness) -> None:
    issued = await harness.linking.verification.challenge((await begin(harness, ANN)).session, KEY)
    assert (issued.signer, issued.owner, issued.accounts) == (KEY, WALLET, (FIRST,))
    assert issued.text.split("\n")[1] == checksummed(KEY)
    assert issued.text.endswith(f"\nResources:\n- eip155:1:{checksummed(WALLET)}\n- urn:loopring:account:10001")


async def test_without_a_public_url_no_page_is_named(sandbox: SandboxClient, tmp_path: Path) -> None:
    async with open_page(sandbox, tmp_path, method=ProofMethod.PASTE) as harness:
        ada, started = await harness.person("ada"), await harness.begin("ada")
        assert started.url == ""
        issued = await harness.verification.challenge(started.session, await harness.address("10001"))
        who = f"I am Discord user ada (ID {ada.user_id}). Link this wallet to my account in server ID {GUILD}."
        lines = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "…", issued.text).split("\n")
        assert lines == [
            "Tessera link request, version 1",
            await harness.address("10001"),
            "",
            who + " Stop if that is not you. No cost, moves nothing.",
            "",
            "Version: 1",
            "Chain ID: 1",
            f"Nonce: {issued.nonce}",
            "Issued At: …",
            "Expiration Time: …",
            f"Request ID: {started.session.session_id}",
            "Resources:",
            "- urn:loopring:account:10001",
        ]
