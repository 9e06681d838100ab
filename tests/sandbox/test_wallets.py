"""Everybody's keys, what they sign, and what Loopring's API returns about smart wallets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.checksums import checksummed, keccak_256
from sandbox.community import load_world
from sandbox.signing import STYLES, address_of, personal_digest, sign, signer_of
from sandbox.wallets import BEHAVIOURS, CREATION_CODE_HASH, WALLET_FACTORY, Wallet, read_wallet, wallet_address
from tests.sandbox.recordings import RECORDED, needs_recordings, recorded, shape
from tests.sandbox.serving import RunningSandbox, serving

API = "/loopring/api/v3"
TEXT = "example.org wants you to sign in\n\nJ'accepte. ☕\n"
HALF_OF_THE_CURVE = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[RunningSandbox]:
    async with serving() as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(shared: RunningSandbox) -> RunningSandbox:
    await shared.post("/_sandbox/reset")
    return shared


def test_digests_and_signers_are_those_of_published_examples() -> None:
    # of the documentation of ethers (hashMessage) and of web3.js (accounts.sign)
    hello = "d9eba16ed0ecae432b71fe008c98cc872bb4cc214d3220a36f365326cf807d68"
    assert personal_digest(b"hello world").hex() == hello
    some_data = bytes.fromhex(
        "b91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd"
        "6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c"
    )
    assert signer_of(personal_digest(b"Some data"), some_data) == "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23"


@pytest.mark.parametrize("account", ["10001", "10007", "10021"])
def test_a_signature_is_65_bytes_with_a_low_s_and_names_its_key(account: str) -> None:
    message = TEXT.encode()
    signature = sign(account, message)
    assert len(signature) == 65
    assert signature[64] in (27, 28)
    assert int.from_bytes(signature[32:64], "big") <= HALF_OF_THE_CURVE
    assert signer_of(personal_digest(message), signature) == address_of(account)
    assert signer_of(personal_digest(message + b" "), signature) != address_of(account)


def test_other_styles_are_other_encodings_of_the_same_signature() -> None:
    message, key = TEXT.encode(), address_of("10001")
    digest, made = personal_digest(message), {style: sign("10001", message, style) for style in STYLES}
    personal = made["personal"]
    assert made["v0"] == personal[:64] + bytes([personal[64] - 27])
    assert made["loopring02"] == personal + b"\x02"
    assert made["loopring03"][65:] == b"\x03"
    assert signer_of(personal_digest(digest), made["loopring03"][:65]) == key
    assert (made["opaque"], made["opaque02"]) == (made["loopring03"][:65], made["loopring03"][:65] + b"\x02")
    assert made["compact"][:32] == personal[:32]
    assert int.from_bytes(made["compact"][32:]) == int.from_bytes(personal[32:64]) | (personal[64] - 27) << 255
    assert made["high_s"][:32] == personal[:32]
    assert signer_of(digest, made["opaque"]) not in (key, None)
    for style in sorted(set(STYLES) - {"personal", "opaque"}):
        assert signer_of(digest, made[style]) is None, style


@pytest.mark.parametrize("signature", [b"", bytes(65), b"\xff" * 64 + b"\x1b", bytes(64) + b"\x1b"])
def test_an_invalid_signature_has_no_signer(signature: bytes) -> None:
    assert signer_of(bytes(32), signature) is None


def test_every_account_has_a_key_except_the_one_of_a_real_owner() -> None:
    world = load_world()
    keyless = [
        account.account_id
        for account in world.accounts.values()
        if account.owner.lower() not in world.wallets and account.owner != address_of(str(account.account_id))
    ]
    assert keyless == [10018]
    owners = [account.owner for account in world.accounts.values()]
    assert len({owner.lower() for owner in owners}) == len(owners)
    assert [checksummed(owner) for owner in owners] == owners


def test_smart_wallets_are_where_the_factory_puts_them() -> None:
    factory = bytes.fromhex(WALLET_FACTORY[2:])
    for wallet in load_world().wallets.values():
        if wallet.first_owner:
            packed = b"WALLET_CREATION" + bytes.fromhex(wallet.first_owner[2:]) + wallet.salt.to_bytes(32, "big")
            made = keccak_256(b"\xff" + factory + keccak_256(packed) + CREATION_CODE_HASH)
            assert wallet.address == wallet_address(wallet.first_owner, wallet.salt) == checksummed(made[12:].hex())


def test_there_is_a_smart_wallet_of_every_kind() -> None:
    world = load_world()
    kinds = {(wallet.kind, wallet.behaviour, wallet.is_locked) for wallet in world.wallets.values()}
    assert kinds == {
        *(("contract", behaviour, False) for behaviour in BEHAVIOURS),
        ("contract", "loopring", True),
        ("counterfactual", "loopring", False),
        ("eoa", "plain", False),
    }
    assert any(wallet.owner.lower() in world.wallets for wallet in world.wallets.values())
    recovered = by_account(10029)
    assert (recovered.owner, recovered.first_owner) == (address_of("10029"), address_of("10029 before"))
    for account in world.accounts.values():
        if account.owner.lower() in world.wallets:
            assert account.holdings
            assert account.discord_user


def by_account(account: int) -> Wallet:
    world = load_world()
    return world.wallets[world.accounts[account].owner.lower()]


def test_a_wallet_of_no_known_behaviour_is_refused() -> None:
    with pytest.raises(ValueError, match="behaviour must be one of loopring"):
        read_wallet(1, {"salt": 1, "behaviour": "sulks"}, None)


async def test_an_account_signs_through_the_route(sandbox: RunningSandbox) -> None:
    status, signed = await sandbox.post("/_sandbox/sign", {"account": "10001", "text": TEXT})
    assert (status, signed["address"]) == (200, sandbox.world.accounts[10001].owner)
    digest = personal_digest(TEXT.encode())
    assert signer_of(digest, bytes.fromhex(signed["signature"][2:])) == signed["address"]


async def test_a_smart_wallet_signs_with_the_key_of_its_owner_and_old_owners_still_can(sandbox: RunningSandbox) -> None:
    _, listed = await sandbox.get("/_sandbox/wallets")
    wallets = {wallet["account"]: wallet for wallet in listed}
    for account in ("10021", "10026", "10028", "10029"):
        _, signed = await sandbox.post("/_sandbox/sign", {"account": account, "text": TEXT})
        assert signed["address"] == wallets[account]["key"] != wallets[account]["address"]
    assert wallets["10026"]["key"] == wallets["10021"]["key"]
    former = wallets["10029"]["former_key"]
    _, signed = await sandbox.post("/_sandbox/sign", {"address": former.lower(), "text": TEXT})
    assert signed["address"] == former
    assert [account for account, wallet in wallets.items() if wallet["former_key"]] == ["10029"]


async def test_the_list_names_people_and_kinds_and_leaves_out_who_cannot_sign(sandbox: RunningSandbox) -> None:
    _, listed = await sandbox.get("/_sandbox/wallets")
    wallets = {wallet["account"]: wallet for wallet in listed}
    ada = sandbox.world.accounts[10001].owner
    assert wallets["10001"] == {
        "address": ada,
        "account": "10001",
        "name": "Ada",
        "kind": "eoa",
        "key": ada,
        "former_key": "",
    }
    assert "10018" not in wallets
    kinds = {account: wallets[account]["kind"] for account in ("10021", "10027", "10028", "10029", "10030")}
    assert kinds == {
        "10021": "contract",
        "10027": "eoa",
        "10028": "counterfactual",
        "10029": "contract",
        "10030": "contract",
    }


async def test_accounts_made_later_sign_too(sandbox: RunningSandbox) -> None:
    _, made = await sandbox.post("/_sandbox/accounts", {"account": 31337, "collections": 1})
    _, signed = await sandbox.post("/_sandbox/sign", {"account": 31337, "text": "x"})
    assert signed["address"] == made["owner"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"account": 10018, "text": "x"}, "nobody here has the key of 0xd8dA"),
        ({"address": "0x" + "1" * 40, "text": "x"}, "nobody here has the key of"),
        ({"account": 9, "text": "x"}, "there is no such account"),
        ({"text": "x"}, "account is a whole number"),
        ({"account": 10001}, "text is a string"),
        ({"account": 10001, "text": "x", "style": "fancy"}, "style must be one of personal"),
    ],
)
async def test_a_request_that_cannot_be_signed_gets_a_sentence(
    sandbox: RunningSandbox, fields: dict[str, Any], sentence: str
) -> None:
    status, body = await sandbox.post("/_sandbox/sign", fields)
    assert status == 400
    assert sentence in body["error"]


@needs_recordings
async def test_counterfactual_wallets_are_answered_as_recorded(sandbox: RunningSandbox) -> None:
    sample = recorded("counterFactualInfo__uat2.json")
    owner = sandbox.world.accounts[10028].owner
    by_id = await sandbox.get(f"{API}/counterFactualInfo", key=None, accountId=10028)
    by_address = await sandbox.get(f"{API}/counterFactualInfo", key=None, address=owner)
    assert by_id == by_address
    status, info = by_id
    assert status == 200
    assert list(info) == list(sample)
    assert shape(info) == shape(sample)
    assert checksummed(info["wallet"]) == owner == wallet_address(info["walletOwner"], int(info["walletSalt"]))
    assert info["walletFactory"] == WALLET_FACTORY.lower()


@needs_recordings
async def test_a_recorded_body_is_served_byte_for_byte() -> None:
    sample = recorded("counterFactualInfo__uat2.json")
    async with serving(bodies=RECORDED) as sandbox:
        by_id = await sandbox.get(f"{API}/counterFactualInfo", accountId=12413)
        by_address = await sandbox.get(f"{API}/counterFactualInfo", address=sample["wallet"].upper().replace("X", "x"))
    assert by_id == by_address == (200, sample)


async def test_the_api_never_shows_a_recovery(sandbox: RunningSandbox) -> None:
    _, info = await sandbox.get(f"{API}/counterFactualInfo", accountId=10029)
    assert checksummed(info["walletOwner"]) == address_of("10029 before")


@pytest.mark.parametrize("account", [10001, 10021, 10018, 77])
async def test_other_accounts_are_no_case_upstream(sandbox: RunningSandbox, account: int) -> None:
    status, body = await sandbox.get(f"{API}/counterFactualInfo", accountId=account)
    assert (status, body) == (400, {"resultInfo": {"code": 100000, "message": "None.get"}})


@pytest.mark.parametrize("query", [{}, {"address": "ada"}])
async def test_questions_about_no_wallet_are_refused(sandbox: RunningSandbox, query: dict[str, str]) -> None:
    status, body = await sandbox.get(f"{API}/counterFactualInfo", **query)
    assert (status, body["resultInfo"]["code"]) == (400, 100001)


async def test_account_and_address_must_agree(sandbox: RunningSandbox) -> None:
    other = sandbox.world.accounts[10029].owner
    status, _ = await sandbox.get(f"{API}/counterFactualInfo", accountId=10028, address=other)
    assert status == 400


@pytest.mark.parametrize(
    ("account", "kind", "version"),
    [(10001, "eoa", ""), (10021, "contract", "V2_1_0"), (10028, "counterfactual", ""), (10030, "contract", "")],
)
async def test_the_kind_of_a_wallet(sandbox: RunningSandbox, account: int, kind: str, version: str) -> None:
    owner = sandbox.world.accounts[account].owner
    status, body = await sandbox.get("/loopring/api/wallet/v3/wallet/type", wallet=owner, network="ETHEREUM")
    assert (status, body["resultInfo"]["code"]) == (200, 0)
    assert body["data"] == {
        "isInCounterFactualStatus": kind == "counterfactual",
        "isContract": kind == "contract",
        "loopringWalletContractVersion": version,
    }
    assert (await sandbox.get("/loopring/api/wallet/v3/wallet/type", wallet="ada"))[0] == 400
