"""The stand-in for Ethereum nodes: JSON-RPC, what the wallets answer, and how a node goes wrong."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.ethereum.jsonrpc import answer
from sandbox.signing import address_of, personal_digest, sign
from sandbox.wallets import WALLET_FACTORY
from tests.sandbox.serving import RunningSandbox, serving

A, B = "/ethereum/1", "/ethereum/1/b"
MESSAGE = b"a text"
MAGIC = "0x1626ba7e" + "0" * 56
ZEROS = "0x" + "0" * 64
FF = "0xffffffff" + "0" * 56
Json = dict[str, Any]


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[RunningSandbox]:
    async with serving() as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(shared: RunningSandbox) -> RunningSandbox:
    await shared.post("/_sandbox/reset")
    return shared


async def ask(sandbox: RunningSandbox, method: str, *params: Any, path: str = A) -> Json:
    status, body = await sandbox.post(path, {"jsonrpc": "2.0", "id": 7, "method": method, "params": list(params)})
    assert (status, body["jsonrpc"], body["id"]) == (200, "2.0", 7)
    return dict(body)


async def result(sandbox: RunningSandbox, method: str, *params: Any, path: str = A) -> str:
    return str((await ask(sandbox, method, *params, path=path))["result"])


async def call(sandbox: RunningSandbox, to: str, data: str, path: str = A) -> Json:
    return await ask(sandbox, "eth_call", {"to": to, "data": data}, "latest", path=path)


def owner(sandbox: RunningSandbox, account: int) -> str:
    return sandbox.world.accounts[account].owner


def is_valid_signature_call(digest: bytes, signature: bytes) -> str:
    """The calldata of isValidSignature(bytes32,bytes), written out."""
    padding = bytes(-len(signature) % 32)
    rest = (64).to_bytes(32, "big") + len(signature).to_bytes(32, "big") + signature + padding
    return "0x1626ba7e" + (digest + rest).hex()


async def validity(sandbox: RunningSandbox, account: int, signature: bytes, path: str = A) -> Json:
    return await call(
        sandbox, owner(sandbox, account), is_valid_signature_call(personal_digest(MESSAGE), signature), path
    )


async def test_it_is_ethereum(sandbox: RunningSandbox) -> None:
    for path in (A, B):
        assert await result(sandbox, "eth_chainId", path=path) == "0x1"
        assert int(await result(sandbox, "eth_blockNumber", path=path), 16) > 20_000_000


async def test_code_is_where_contracts_are(sandbox: RunningSandbox) -> None:
    async def code(address: str) -> str:
        return await result(sandbox, "eth_getCode", address, "latest")

    assert await code(owner(sandbox, 10001)) == "0x"
    assert await code(owner(sandbox, 10028)) == "0x"
    for account in (10021, 10022, 10023, 10024, 10025, 10026, 10029, 10030, 10031):
        assert len(await code(owner(sandbox, account).lower())) > 40
    assert len(await code(WALLET_FACTORY)) > 20
    assert len(await code(next(iter(sandbox.world.chains[1].contracts)))) > 20
    borrowed = await code(owner(sandbox, 10027))
    assert borrowed.startswith("0xef0100")
    assert len(borrowed) == 2 + 2 * 23


@pytest.mark.parametrize(
    ("account", "key", "style", "expected"),
    [
        pytest.param(10021, "10021", "personal", MAGIC, id="its owner"),
        pytest.param(10021, "10021", "loopring02", MAGIC, id="its owner in Loopring's app"),
        pytest.param(10021, "10021", "loopring03", MAGIC, id="wrapped a second time"),
        pytest.param(10021, "10021", "opaque", MAGIC, id="wrapped, and nothing says so"),
        pytest.param(10021, "10021", "opaque02", MAGIC, id="wrapped, and 02 says that it is not"),
        pytest.param(10021, "10021", "high_s", ZEROS, id="mirrored"),
        pytest.param(10021, "10021", "v0", ZEROS, id="v of the curve"),
        pytest.param(10021, "10001", "personal", ZEROS, id="somebody else"),
        pytest.param(10022, "10022", "personal", ZEROS, id="locked"),
        pytest.param(10024, "10024", "personal", "0x", id="empty"),
        pytest.param(10026, "10021", "personal", MAGIC, id="the owner of its owner"),
        pytest.param(10026, "10026", "personal", ZEROS, id="nobody above it"),
        pytest.param(10027, "10027", "personal", MAGIC, id="borrowed code"),
        pytest.param(10028, "10028", "personal", "0x", id="not deployed"),
        pytest.param(10029, "10029", "personal", MAGIC, id="recovered to"),
        pytest.param(10029, "10029 before", "personal", ZEROS, id="recovered from"),
        pytest.param(10030, "10030", "personal", MAGIC, id="another maker's"),
        pytest.param(10030, "10001", "personal", FF, id="another maker's, somebody else"),
        pytest.param(10030, "10030", "loopring02", FF, id="another maker's, with Loopring's byte"),
        pytest.param(10031, "10031", "loopring02", MAGIC, id="by its last byte"),
        pytest.param(10031, "10031", "loopring03", MAGIC, id="by its last byte, wrapped"),
        pytest.param(10031, "10031", "opaque02", ZEROS, id="by its last byte, which is wrong"),
        pytest.param(10031, "10001", "loopring02", ZEROS, id="by its last byte, somebody else"),
        pytest.param(10033, "10001", "personal", MAGIC, id="accepts anything"),
        pytest.param(10001, "10001", "personal", "0x", id="no contract"),
    ],
)
async def test_wallets_verify_signatures(
    sandbox: RunningSandbox, account: int, key: str, style: str, expected: str
) -> None:
    assert (await validity(sandbox, account, sign(key, MESSAGE, style)))["result"] == expected


async def test_an_older_wallet_reverts_without_its_last_byte(sandbox: RunningSandbox) -> None:
    for signature in (sign("10031", MESSAGE), b""):
        assert (await validity(sandbox, 10031, signature))["error"]["code"] == 3
    assert (await validity(sandbox, 10031, b"\x01"))["result"] == ZEROS


async def test_a_signature_is_for_one_text(sandbox: RunningSandbox) -> None:
    assert (await validity(sandbox, 10021, sign("10021", MESSAGE + b"!")))["result"] == ZEROS


async def test_a_revert_is_an_error_of_its_own(sandbox: RunningSandbox) -> None:
    reply = await validity(sandbox, 10023, sign("10023", MESSAGE))
    assert reply["error"] == {"code": 3, "message": "execution reverted", "data": "0x"}


async def test_loopring_s_wallet_says_why_it_reverts(sandbox: RunningSandbox) -> None:
    reply = await validity(sandbox, 10021, b"\x01" * 64)
    assert reply["error"]["message"] == "execution reverted: INVALID_SIGNATURE_LENGTH"
    data = bytes.fromhex(reply["error"]["data"][2:])
    assert data[:4].hex() == "08c379a0"
    assert data[68:92] == b"INVALID_SIGNATURE_LENGTH"
    # called by another wallet, it only does not return the magic value
    assert (await validity(sandbox, 10026, b"\x01" * 64))["result"] == ZEROS


@pytest.mark.parametrize("data", ["0x1626ba7e", "0x1626ba7e" + "ff" * 64, "0x12345678", "0x"])
async def test_what_a_wallet_cannot_read_reverts(sandbox: RunningSandbox, data: str) -> None:
    assert (await call(sandbox, owner(sandbox, 10021), data))["error"]["code"] == 3


async def test_a_slow_wallet_takes_its_time_and_is_right(sandbox: RunningSandbox) -> None:
    await sandbox.post("/_sandbox/ethereum", {"wallet_seconds": 0.3})
    began = time.monotonic()
    assert (await validity(sandbox, 10025, sign("10025", MESSAGE)))["result"] == MAGIC
    assert time.monotonic() - began >= 0.3


async def test_the_state_of_loopring_s_wallet_shows_that_it_is_locked(sandbox: RunningSandbox) -> None:
    for account, is_locked in ((10021, False), (10022, True)):
        reply = (await call(sandbox, owner(sandbox, account), "0x521eb273"))["result"]
        words = [reply[2 + 64 * n :][:64] for n in range(12)]
        assert len(reply) == 2 + 12 * 64
        assert words[0][24:] == address_of(str(account))[2:].lower()
        assert int(words[3], 16) == int(is_locked)
    getter = (await call(sandbox, owner(sandbox, 10029), "0x893d20e8"))["result"]
    assert getter[26:] == address_of("10029")[2:].lower()
    assert "error" in await call(sandbox, owner(sandbox, 10030), "0x521eb273")


async def test_the_factory_computes_the_addresses_of_its_wallets(sandbox: RunningSandbox) -> None:
    _, info = await sandbox.get("/loopring/api/v3/counterFactualInfo", accountId=10028)
    arguments = info["walletOwner"][2:].rjust(64, "0") + f"{int(info['walletSalt']):064x}"
    reply = (await call(sandbox, info["walletFactory"], "0xce158612" + arguments))["result"]
    assert reply == "0x" + info["wallet"][2:].rjust(64, "0")
    elsewhere = (await call(sandbox, info["walletFactory"], "0xce158612" + arguments[:-1] + "f"))["result"]
    assert elsewhere != reply
    assert (await call(sandbox, info["walletFactory"], "0xce158612"))["error"]["code"] == 3
    assert (await call(sandbox, info["walletFactory"], "0x521eb273"))["error"]["code"] == 3
    assert (await call(sandbox, "0x" + "5" * 40, "0xce158612" + arguments))["result"] == "0x"


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("eth_sendRawTransaction", ["0x00"], -32601),
        ("eth_getCode", [], -32602),
        ("eth_getCode", ["0x" + "1" * 39, "latest"], -32602),
        ("eth_getCode", ["0x" + "1" * 40], -32602),
        ("eth_getCode", ["0x" + "1" * 40, "newest"], -32602),
        ("eth_getCode", ["0x" + "1" * 40, "0x01"], -32602),
        ("eth_getCode", ["0x" + "1" * 40, "0xffffffff"], -32000),
        ("eth_call", ["0x" + "1" * 40, "latest"], -32602),
        ("eth_call", [{"to": "0x1", "data": "0x"}, "latest"], -32602),
        ("eth_call", [{"data": "0xfe"}, "latest"], -32000),
        ("eth_call", [{"to": "0x" + "1" * 40, "data": "0x123"}, "latest"], -32602),
    ],
)
async def test_an_invalid_call_is_an_error(sandbox: RunningSandbox, method: str, params: list[Any], code: int) -> None:
    assert (await ask(sandbox, method, *params))["error"]["code"] == code


async def test_a_block_has_a_name_or_a_number(sandbox: RunningSandbox) -> None:
    for block in ("latest", "finalized", "0x1", await result(sandbox, "eth_blockNumber")):
        assert await result(sandbox, "eth_getCode", owner(sandbox, 10001), block) == "0x"


async def test_a_batch_is_answered_in_order_without_its_notifications(sandbox: RunningSandbox) -> None:
    batch = [
        {"jsonrpc": "2.0", "id": "x", "method": "eth_chainId"},
        {"jsonrpc": "2.0", "method": "eth_chainId"},
        {"jsonrpc": "2.0", "id": 2, "method": "eth_accounts"},
        17,
    ]
    async with sandbox.session.post(sandbox.address + A, json=batch) as response:
        first, second, third = await response.json()
    assert first == {"jsonrpc": "2.0", "id": "x", "result": "0x1"}
    assert (second["id"], second["error"]["code"]) == (2, -32601)
    assert (third["id"], third["error"]["code"]) == (None, -32600)


class EchoMethods:
    """The call itself is the answer."""

    async def run(self, method: str, params: list[Any]) -> str:
        return f"{method}{params}"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"[]", -32600),
        (b"{}", -32600),
        (b'{"id":1,"method":"x"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":1}}', -32602),
        (b"[" + b",".join([b"1"] * 101) + b"]", -32600),
    ],
)
async def test_requests_that_are_none(body: bytes, code: int) -> None:
    reply = await answer(body, EchoMethods())
    assert isinstance(reply, dict)
    assert reply["error"]["code"] == code


async def test_notifications_alone_get_no_answer() -> None:
    notification = b'{"jsonrpc":"2.0","method":"x"}'
    assert await answer(notification, EchoMethods()) is None
    assert await answer(b"[" + notification + b"]", EchoMethods()) is None


async def test_only_json_is_read(sandbox: RunningSandbox) -> None:
    async with sandbox.session.post(sandbox.address + A, data=b"{}", headers={"Content-Type": "text/plain"}) as reply:
        assert reply.status == 415


async def test_a_collections_contract_says_where_its_metadata_is(sandbox: RunningSandbox) -> None:
    async def uri_of(number: int) -> bytes | int:
        contract = sandbox.world.collections[number].contract_address
        body = await call(sandbox, contract, "0xe8a3d485")
        return body["error"]["code"] if "error" in body else bytes.fromhex(body["result"][2:])

    harbour = await uri_of(254)
    assert isinstance(harbour, bytes)
    (cid,) = re.findall(rb"ipfs://(Qm\w{44})", harbour)
    status, body = await sandbox.get(f"/ipfs/{cid.decode()}")
    assert (status, body["name"]) == (200, "Harbour Lights")
    assert await uri_of(249) == b""  # not deployed
    assert await uri_of(235) == 3  # imported: it reverts
    assert await uri_of(305) == (32).to_bytes(32, "big") + bytes(32)
    status, body = await sandbox.get(f"/nftinfos/{sandbox.world.collections[249].collection_address}")
    assert (status, body["name"]) == (200, "Unfired")


async def test_one_node_lies_and_the_other_does_not(sandbox: RunningSandbox) -> None:
    contract, wrong = owner(sandbox, 10021), sign("10001", MESSAGE)

    async def set_mode(mode: str) -> None:
        assert (await sandbox.post("/_sandbox/ethereum", {"node": "b", "mode": mode}))[0] == 200

    await set_mode("lying_code")
    assert await result(sandbox, "eth_getCode", contract, "latest", path=B) == "0x"
    assert await result(sandbox, "eth_getCode", contract, "latest", path=A) != "0x"
    await set_mode("lying_valid")
    assert (await validity(sandbox, 10021, wrong, B))["result"] == MAGIC
    assert (await validity(sandbox, 10001, wrong, B))["result"] == MAGIC
    assert (await validity(sandbox, 10021, wrong, A))["result"] == ZEROS
    await set_mode("wrong_chain")
    assert await result(sandbox, "eth_chainId", path=B) != await result(sandbox, "eth_chainId", path=A)
    await set_mode("error")
    assert (await ask(sandbox, "eth_chainId", path=B))["error"]["code"] == -32603
    await sandbox.post("/_sandbox/reset")
    assert await result(sandbox, "eth_chainId", path=B) == "0x1"


async def test_a_slow_node_is_late_with_everything(sandbox: RunningSandbox) -> None:
    _, settings = await sandbox.post("/_sandbox/ethereum", {"mode": "slow", "seconds": 0.3})
    assert settings["nodes"] == {name: {"mode": "slow", "seconds": 0.3} for name in ("a", "b")}
    assert (await sandbox.get("/_sandbox/ethereum"))[1] == settings
    began = time.monotonic()
    first, second = await asyncio.gather(result(sandbox, "eth_chainId"), result(sandbox, "eth_chainId", path=B))
    assert first == second == "0x1"
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"node": "c", "mode": "honest"}, "node must be one of a, b"),
        ({"mode": "kind"}, "mode must be one of honest"),
        ({"mode": "slow", "seconds": -1}, "seconds is a number"),
        ({"wallet_seconds": True}, "wallet_seconds is a number"),
        ({"moods": 1}, "there is no moods to set"),
    ],
)
async def test_a_wrong_setting_is_refused_with_a_sentence_and_changes_nothing(
    sandbox: RunningSandbox, fields: Json, sentence: str
) -> None:
    before = await sandbox.get("/_sandbox/ethereum")
    status, body = await sandbox.post("/_sandbox/ethereum", fields)
    assert status == 400
    assert sentence in body["error"]
    assert await sandbox.get("/_sandbox/ethereum") == before


async def test_faults_apply_to_it_and_its_traffic_is_recorded(sandbox: RunningSandbox) -> None:
    await sandbox.post("/_sandbox/faults", {"service": "ethereum", "kind": "throttle", "retry_after": 3, "times": 1})
    await sandbox.post(
        "/_sandbox/faults", {"service": "ethereum", "kind": "error", "code": -32005, "message": "limit exceeded"}
    )
    fields = {"jsonrpc": "2.0", "id": 7, "method": "eth_chainId", "params": []}
    async with sandbox.session.post(sandbox.address + A, json=fields) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "3")
    assert (await ask(sandbox, "eth_chainId"))["error"] == {"code": -32005, "message": "limit exceeded"}
    _, traffic = await sandbox.get("/_sandbox/traffic", service="ethereum")
    assert [exchange["request"]["method"] for exchange in traffic["exchanges"]] == ["eth_chainId", "eth_chainId"]
    assert [exchange["fault"] for exchange in traffic["exchanges"]] == ["throttle", "error"]
