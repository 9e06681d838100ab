"""The attacker holds the domain of the first source, which says that their address owns somebody else's account.

Mallory has a key of her own, hana's. Loopring is hers, and says that ada's account 10001 belongs to that key. An
archive was recorded before. Whichever way she goes, the account is never proven for her.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.errors import ContradictionError, InputError, SourceError
from bot.holdings import LOOPRING, Account
from bot.linking.outcome import Result
from bot.linking.upkeep import confirm_owners
from bot.links import Link, Person
from bot.links.proofs import ProofMethod
from bot.lookup.lookup import Lookup
from bot.lookup.owner_rule import OwnerRule
from bot.sources.archive import ArchiveSource
from bot.sources.chain import ChainedSource
from bot.sources.loopring import LoopringSource
from bot.sources.source import Source
from bot.store.linking.owner_table import OPERATOR, OwnerFact, forget_fact, set_fact
from bot.store.rows import to_account
from sandbox.signing import sign
from tests.blockscout_source import open_blockscout
from tests.conftest import open_bot
from tests.linking.harness import ANN as MALLORY
from tests.linking.harness import BEN as ADA_HERSELF
from tests.linking.harness import HERE, MOD, LinkingHarness, open_linking
from tests.lookup.conftest import LONG, SOMEONE
from tests.loopring_source import module_sandbox, open_source, sandbox, source
from tests.owner_sources import ADA, ADA_OWNER, HANA, HANA_OWNER, lie, write_owners
from tests.sandbox_client import SandboxClient

__all__ = ["module_sandbox", "sandbox", "source"]

TARGET = f"loopring:{ADA}"
HER_OWN = f"eip155:1:{HANA_OWNER}"
HER_KEY = HANA
UNDECIDED = r"Who owns loopring:10001 cannot be decided: this bot's operator must look at that\."


@pytest.fixture
async def harness(sandbox: SandboxClient, source: LoopringSource, tmp_path: Path) -> AsyncIterator[LinkingHarness]:
    """Linking over a Loopring that lies, with the archive as its fallback, and Ethereum."""
    archive = await ArchiveSource.open(write_owners(tmp_path / "then.gz", {ADA: ADA_OWNER}), name="then")
    chain = ChainedSource(source, archive)
    async with open_blockscout(sandbox) as ethereum, open_linking(chain, ethereum) as harness:
        await lie(sandbox, ADA, HANA_OWNER)
        yield harness
    await archive.close()


@asynccontextmanager
async def archive_alone(folder: Path) -> AsyncIterator[ArchiveSource]:
    """The archive that was recorded before, opened once more."""
    archive = await ArchiveSource.open(write_owners(folder / "alone.gz", {ADA: ADA_OWNER}), name="then")
    try:
        yield archive
    finally:
        await archive.close()


async def claim(harness: LinkingHarness, user_id: int, account: str, key: str, signer: str) -> Result:
    """Somebody runs `/verify`, for an account or ("") that of the connected address, and signs what is issued."""
    link = Link(to_account(account), "", "", is_main=False, linked_at=harness.now) if account else None
    verification = harness.linking.verification
    started = await verification.start_proof(Person(user_id, "somebody"), None, "", link, ProofMethod.PASTE)
    challenge = await verification.challenge(started.session, signer)
    signature = sign(key, challenge.text.encode()).hex()
    return (await verification.submit(started.session, challenge.challenge_id, signature)).result


async def has_not_proven(harness: LinkingHarness) -> bool:
    """Mallory has not proven ada's account."""
    return not (await harness.listed(MALLORY)).get(TARGET, False)


async def test_she_names_the_account_and_signs(harness: LinkingHarness, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ContradictionError, match=UNDECIDED):
        await claim(harness, MALLORY, TARGET, HER_KEY, HANA_OWNER)
    assert await harness.listed(MALLORY) == {}
    assert "who owns loopring:10001 is contradicted: loopring says 0xf153…175d, then says 0x90e7…8a71" in caplog.text


async def test_she_connects_her_address_and_names_no_account(harness: LinkingHarness) -> None:
    with pytest.raises(ContradictionError, match=UNDECIDED):
        await claim(harness, MALLORY, "", HER_KEY, HANA_OWNER)
    assert await harness.listed(MALLORY) == {}


async def test_she_connects_her_address_after_the_owner_was_confirmed(harness: LinkingHarness) -> None:
    await harness.own(TARGET, ADA_OWNER)
    await claim(harness, MALLORY, "", HER_KEY, HANA_OWNER)
    assert await harness.listed(MALLORY) == {HER_OWN: True}  # her address is no account of Loopring's here


async def test_she_links_it_first_and_then_proves_her_own_address(harness: LinkingHarness) -> None:
    await harness.accounts.link(MALLORY, ADA)
    await harness.accounts.link(MALLORY, HANA_OWNER)
    assert await claim(harness, MALLORY, HER_OWN, HER_KEY, HANA_OWNER) is Result.LINKED
    assert (await harness.listed(MALLORY))[HER_OWN]
    assert await has_not_proven(harness)


async def test_she_proves_her_own_address_first_and_then_links_it(harness: LinkingHarness) -> None:
    await claim(harness, MALLORY, HER_OWN, HER_KEY, HANA_OWNER)
    linked = await harness.accounts.link(MALLORY, ADA)
    assert linked.link.owner == ""
    assert linked.unknown_reason
    assert await has_not_proven(harness)


async def test_she_lets_the_lie_be_shown_first(harness: LinkingHarness) -> None:
    """A card stores the first word of the first source; nothing rests on it."""
    await claim(harness, MALLORY, HER_OWN, HER_KEY, HANA_OWNER)
    assert (await harness.lookup.fetch_owner(Account(LOOPRING, ADA), SOMEONE)).address == HANA_OWNER
    await harness.accounts.link(MALLORY, ADA)
    with pytest.raises(ContradictionError):
        await claim(harness, MALLORY, TARGET, HER_KEY, HANA_OWNER)
    assert await has_not_proven(harness)


async def test_she_finds_the_account_by_her_address(harness: LinkingHarness) -> None:
    await claim(harness, MALLORY, HER_OWN, HER_KEY, HANA_OWNER)
    linked = await harness.accounts.link(MALLORY, f"loopring:{HANA_OWNER}")
    assert (str(linked.link.account), linked.link.owner) == (TARGET, "")
    assert await has_not_proven(harness)


async def test_a_moderator_of_hers_vouches_for_it(harness: LinkingHarness) -> None:
    with pytest.raises(InputError, match="You can vouch here"):
        await harness.linking.vouching.ask(MALLORY, HERE, ADA, moderator_id=MOD)
    assert await harness.linking.vouching.of(MALLORY, HERE) == []


async def test_her_lie_was_believed_before_the_update(harness: LinkingHarness) -> None:
    """What an earlier Tessera stored by the first source's word, and let be proven, proves nothing any more."""

    def work(db: Database) -> None:
        db.execute("INSERT INTO owners (account, owner, seen_at) VALUES (?, ?, '2026-01-01')", [TARGET, HANA_OWNER])
        sql = "INSERT INTO links (user_id, account, owner, label, is_main, linked_at)"
        db.execute(f"{sql} VALUES (?, ?, ?, '', 1, 0)", [MALLORY, TARGET, HANA_OWNER])
        db.execute("INSERT INTO proofs VALUES (?, ?, 'eoa', ?, NULL, 0, 0)", [HANA_OWNER, MALLORY, b"hash"])

    await harness.store.writer.transaction(work)
    await harness.lookup.owners.apply_rule()
    assert await has_not_proven(harness)
    await confirm_owners(harness.store, harness.lookup, 10)
    assert await has_not_proven(harness)
    with pytest.raises(ContradictionError):
        await claim(harness, MALLORY, TARGET, HER_KEY, HANA_OWNER)


async def shown_and_linked(harness: LinkingHarness) -> None:
    """The lie is shown to somebody, and Mallory links the account and has proven her own address."""
    await claim(harness, MALLORY, HER_OWN, HER_KEY, HANA_OWNER)
    assert (await harness.lookup.fetch_owner(Account(LOOPRING, ADA), SOMEONE)).address == HANA_OWNER
    await harness.accounts.link(MALLORY, ADA)


async def restart(harness: LinkingHarness, source: Source, rule: str = "agree") -> Lookup:
    """The bot starts again with that source alone for Loopring's accounts, over the same store."""
    lookup = Lookup([source], harness.store, cache_for=LONG, owner_rule=OwnerRule(rule))
    await lookup.owners.apply_rule()
    return lookup


async def link_owner(harness: LinkingHarness) -> str:
    """The address that Mallory's link of the account names."""
    [link] = [link for link in await harness.store.links.of(MALLORY) if str(link.account) == TARGET]
    return link.owner


@pytest.mark.parametrize("rule", ["agree", "first", "archive"])
async def test_the_operator_takes_her_source_out_of_the_settings(
    harness: LinkingHarness, tmp_path: Path, rule: str
) -> None:
    """As the documentation says; what she had said is not confirmed by that, and the archive alone decides."""
    await shown_and_linked(harness)
    async with archive_alone(tmp_path) as archive:
        lookup = await restart(harness, archive, f"archive:{archive.sha256}" if rule == "archive" else rule)
        assert await has_not_proven(harness)
        assert await link_owner(harness) == ""
        assert await lookup.owner_of(Account(LOOPRING, ADA), SOMEONE) == ADA_OWNER
        assert await link_owner(harness) == ADA_OWNER
        assert await has_not_proven(harness)
        await lookup.close()


@pytest.mark.parametrize("rule", ["agree", "first"])
async def test_her_source_was_the_only_one_before_it_was_replaced(
    sandbox: SandboxClient, source: LoopringSource, tmp_path: Path, rule: str
) -> None:
    """Where it alone decides she has the account; the sources that replace it are asked again."""
    await lie(sandbox, ADA, HANA_OWNER)
    async with open_linking(source) as harness, archive_alone(tmp_path) as archive:
        before = await restart(harness, source, rule)
        assert await before.owner_of(Account(LOOPRING, ADA), SOMEONE) == HANA_OWNER
        await claim(harness, MALLORY, TARGET, HER_KEY, HANA_OWNER)
        assert not await has_not_proven(harness)
        lookup = await restart(harness, archive, rule)
        assert await has_not_proven(harness)
        assert await lookup.owner_of(Account(LOOPRING, ADA), SOMEONE) == ADA_OWNER
        await before.close()
        await lookup.close()


@pytest.mark.parametrize("rule", ["agree", "first"])
async def test_her_lie_is_from_before_the_update_and_her_source_is_taken_out_after_it(
    harness: LinkingHarness, sandbox: SandboxClient, tmp_path: Path, rule: str
) -> None:
    """Nor does it become the word of another live source, however many starts later."""

    def work(db: Database) -> None:
        db.execute("INSERT INTO owners (account, owner, seen_at) VALUES (?, ?, '2026-01-01')", [TARGET, HANA_OWNER])
        sql = "INSERT INTO links (user_id, account, owner, label, is_main, linked_at)"
        db.execute(f"{sql} VALUES (?, ?, ?, '', 1, 0)", [MALLORY, TARGET, HANA_OWNER])
        db.execute("INSERT INTO proofs VALUES (?, ?, 'eoa', ?, NULL, 0, 0)", [HANA_OWNER, MALLORY, b"hash"])

    await harness.store.writer.transaction(work)
    await harness.lookup.owners.apply_rule()
    async with archive_alone(tmp_path) as archive, open_source(sandbox) as mirror:
        for source in (archive, mirror):
            lookup = await restart(harness, source, rule)
            assert await has_not_proven(harness)
            await lookup.close()


async def test_another_source_of_truth_is_down_while_hers_answers(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    """Who answers alone does not decide."""
    await lie(sandbox, ADA, HANA_OWNER)
    async with (
        open_source(sandbox, base_url="http://127.0.0.1:1") as down,
        open_linking(ChainedSource(source, down)) as harness,
    ):
        with pytest.raises(SourceError, match="cannot be confirmed right now, as not every source answers"):
            await claim(harness, MALLORY, TARGET, HER_KEY, HANA_OWNER)
        assert await harness.listed(MALLORY) == {}


async def test_the_operator_corrects_it_between_her_text_and_her_signature(harness: LinkingHarness) -> None:
    await harness.own(TARGET, HANA_OWNER)
    verification = harness.linking.verification
    link = Link(to_account(TARGET), "", "", is_main=False, linked_at=harness.now)
    started = await verification.start_proof(Person(MALLORY, "mallory"), None, "", link, ProofMethod.PASTE)
    challenge = await verification.challenge(started.session, HANA_OWNER)
    await correct(harness, ADA_OWNER)
    with pytest.raises(InputError, match="has to be found out again: run `/verify` once more"):
        await verification.submit(started.session, challenge.challenge_id, sign(HER_KEY, challenge.text.encode()).hex())
    assert await harness.listed(MALLORY) == {}
    assert await harness.store.links.holder(HANA_OWNER) is None


async def test_the_operator_forgets_it_before_she_types_the_code_of_the_page(harness: LinkingHarness) -> None:
    await harness.own(TARGET, HANA_OWNER)
    code = await harness.sign_on_page(Person(MALLORY, "mallory"), TARGET, HER_KEY)
    await harness.store.writer.transaction(lambda db: forget_fact(db, Account(LOOPRING, ADA)))
    with pytest.raises(InputError, match="has to be found out again"):
        await harness.linking.verification.enter_code(MALLORY, code)
    assert await harness.listed(MALLORY) == {}


async def test_a_correction_takes_the_account_from_her_proof_and_gives_it_to_the_owners(
    harness: LinkingHarness,
) -> None:
    await harness.own(TARGET, HANA_OWNER)
    await claim(harness, MALLORY, TARGET, HER_KEY, HANA_OWNER)
    await harness.accounts.link(ADA_HERSELF, f"eip155:1:{ADA_OWNER}")
    await claim(harness, ADA_HERSELF, f"eip155:1:{ADA_OWNER}", ADA, ADA_OWNER)
    await harness.accounts.link(ADA_HERSELF, ADA)
    assert (await harness.listed(MALLORY))[TARGET]
    assert not (await harness.listed(ADA_HERSELF))[TARGET]
    await correct(harness, ADA_OWNER)
    assert await has_not_proven(harness)
    assert (await harness.listed(ADA_HERSELF))[TARGET]


async def test_when_the_truth_is_back_the_true_owner_proves_it(sandbox: SandboxClient, harness: LinkingHarness) -> None:
    await harness.accounts.link(MALLORY, ADA)
    await claim(harness, MALLORY, HER_OWN, HER_KEY, HANA_OWNER)
    await harness.lookup.fetch_owner(Account(LOOPRING, ADA), SOMEONE)  # the lie is stored for showing
    await sandbox.reset()
    assert await claim(harness, ADA_HERSELF, TARGET, ADA, ADA_OWNER) is Result.LINKED
    assert (await harness.listed(ADA_HERSELF))[TARGET]
    assert await has_not_proven(harness)


async def test_a_proof_that_waits_for_its_owner_to_be_confirmed_counts_again_by_itself(
    sandbox: SandboxClient, harness: LinkingHarness
) -> None:
    await sandbox.reset()
    await claim(harness, ADA_HERSELF, TARGET, ADA, ADA_OWNER)
    await harness.store.writer.transaction(lambda db: forget_fact(db, Account(LOOPRING, ADA)))
    assert await harness.listed(ADA_HERSELF) == {TARGET: False}
    await confirm_owners(harness.store, harness.lookup, 10)
    assert await harness.listed(ADA_HERSELF) == {TARGET: True}


# ---------------------------------------------------------------- against the running bot


async def test_in_discord_she_gets_no_text_to_sign(tmp_path: Path) -> None:
    archive = write_owners(tmp_path / "then.gz", {ADA: ADA_OWNER})
    table = f'[[source]]\nkind = "archive"\nname = "then"\npath = "{archive}"'
    loopring = 'requests_per_second = 1000\nfallback = "then"'
    async with open_bot(tmp_path, loopring=loopring, sources=table) as sandbox:
        await lie(sandbox, ADA, HANA_OWNER)
        mallory, ada = await sandbox.person("hana"), await sandbox.person("ada")
        refused = await mallory.run("verify", account=ADA)
        assert refused.embeds[0]["title"] == "The operator of this bot has to fix this"
        assert refused.message["content"] == ""
        assert "Who owns loopring:10001 cannot be decided: this bot's operator must look at that." in refused.text
        assert ADA_OWNER[2:6] not in refused.text.lower()
        await mallory.run("link", account=ADA)
        assert "unproven" in (await mallory.run("accounts")).text
        await sandbox.reset()
        await sandbox.fault("html", path="/api/v3/account")
        later = await ada.run("verify", account=ADA)
        assert later.embeds[0]["title"] == "This cannot be checked right now"
        assert "cannot be found out right now, so there is no text to sign. Try again in a minute." in later.text


async def correct(harness: LinkingHarness, owner: str) -> None:
    """What `tessera owners set` does."""
    fact = OwnerFact(Account(LOOPRING, ADA), owner, (), OPERATOR, is_confirmed=True, seen_at=harness.now)
    await harness.store.writer.transaction(lambda db: set_fact(db, fact))
