"""What Loopring's errors mean: each code has a class and a sentence, an unclear answer is never an empty account."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from bot.errors import NotFoundError, RefusedError, TesseraError, UnavailableError
from bot.holdings import LOOPRING, Account, Collection, Holding
from bot.sources.askers import Asker, Askers
from bot.sources.loopring import LoopringSource
from bot.sources.paging import Scan
from tests.loopring_source import open_source
from tests.sandbox_client import SandboxClient

DETAILS = "user/collection/details"
BALANCES = "user/nft/collection/balances"

NO_ACCOUNT = "Loopring has no such account: check the number, address or name."
FAULT = "Loopring has an internal error. Try again in a minute."
NO_KEY = "Loopring requires an API key and this bot has none: its operator must set LOOPRING_API_KEY."
BAD_KEY = "Loopring refuses this bot's API key: its operator must check LOOPRING_API_KEY."
UNKNOWN_FORM = "Loopring sent an answer of a form that Tessera does not know. Try again later."


async def holdings(source: LoopringSource, account: str = "10001") -> Scan[Holding]:
    async for scan in source.iter_holdings(Account(LOOPRING, account), None, Askers(Asker.job("test"))):
        last = scan
    return last


async def sentence_of(asked: Awaitable[Any], kind: type[TesseraError]) -> str:
    with pytest.raises(TesseraError) as caught:
        await asked
    assert type(caught.value) is kind
    return caught.value.sentence


async def fault_sentence(sandbox: SandboxClient, account: str) -> str:
    """The sentence of a new source's error; several run at the same time, since each waits for its retries."""
    async with open_source(sandbox) as source:
        return await sentence_of(holdings(source, account), UnavailableError)


@pytest.mark.parametrize("http", [400, 200])
@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        pytest.param(101001, NotFoundError, NO_ACCOUNT, id="address not found"),
        pytest.param(101002, NotFoundError, NO_ACCOUNT, id="user not found"),
        pytest.param(102003, NotFoundError, NO_ACCOUNT, id="invalid account id"),
        pytest.param(104003, NotFoundError, NO_ACCOUNT, id="invalid account id, again"),
        pytest.param(104007, NotFoundError, NO_ACCOUNT, id="invalid accountId"),
        pytest.param(104001, RefusedError, NO_KEY, id="empty key"),
        pytest.param(104002, RefusedError, BAD_KEY, id="invalid key"),
    ],
)
async def test_a_code_means_the_same_whatever_the_status(
    sandbox: SandboxClient, source: LoopringSource, code: int, kind: type[TesseraError], sentence: str, http: int
) -> None:
    await sandbox.fault("error", code=code, message="upstream's own words", http=http)
    assert await sentence_of(holdings(source), kind) == sentence
    assert len(await sandbox.requests(DETAILS)) == 1


@pytest.mark.parametrize("http", [400, 200])
async def test_every_other_code_is_a_fault_of_theirs_and_asked_again(sandbox: SandboxClient, http: int) -> None:
    codes = {"10001": 100000, "10002": 100002, "10003": 104208, "10005": 104209, "10006": 424242, "10007": -1}
    for account, code in codes.items():
        await sandbox.fault("error", path=f"accountId={account}&", code=code, message="None.get", http=http)
    sentences = await asyncio.gather(*(fault_sentence(sandbox, account) for account in codes))
    assert dict(zip(codes.values(), sentences, strict=True)) == dict.fromkeys(codes.values(), FAULT)
    assert len(await sandbox.requests(DETAILS)) == 3 * len(codes)


async def test_an_error_that_is_not_understood_is_a_fault_and_never_nothing(sandbox: SandboxClient) -> None:
    cases: dict[str, tuple[Any, int]] = {
        "10001": ({"resultInfo": {"code": "soon"}}, 200),
        "10002": ({"resultInfo": {"message": "no code"}}, 400),
        "10003": ({"resultInfo": None}, 400),
        "10005": ({"collections": [], "totalNum": 0}, 400),
        "10006": ({"error": "another server's 409"}, 409),
        "10007": ([], 400),
    }
    for account, (body, status) in cases.items():
        await sandbox.fault("status", path=f"accountId={account}&", status=status, body=body)
    sentences = await asyncio.gather(*(fault_sentence(sandbox, account) for account in cases))
    assert dict(zip(cases, sentences, strict=True)) == dict.fromkeys(cases, FAULT)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        pytest.param(401, RefusedError, "refuses this bot (HTTP 401): its operator must check", id="401"),
        pytest.param(403, RefusedError, "refuses this bot (HTTP 403): its operator must check", id="403"),
        # What is missing is the endpoint, and the account may well exist.
        pytest.param(404, UnavailableError, "HTTP 404", id="404"),
    ],
)
@pytest.mark.parametrize("body", [{"error": "words of a proxy"}, {"collections": [], "totalNum": 0}])
async def test_a_status_without_a_code_of_loopring_decides_by_itself(
    sandbox: SandboxClient, source: LoopringSource, status: int, kind: type[TesseraError], words: str, body: Any
) -> None:
    await sandbox.fault("status", status=status, body=body)
    assert words in await sentence_of(holdings(source), kind)


async def test_an_invalid_argument_is_nobodys_account_or_a_wrong_question(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    await sandbox.fault("error", path="/api/v3/", code=100001, message="Invalid owner:0x1234")
    who = source.fetch_account("0x" + "1" * 40, Askers(Asker.job("test")))
    assert await sentence_of(who, NotFoundError) == "Loopring has no account for 0x1111…1111."
    # An account id is always a number: its refusal says nothing about what the account holds.
    assert "did not accept the request" in await sentence_of(holdings(source), UnavailableError)


async def test_what_is_missing_of_a_collection_is_not_called_an_account(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    await sandbox.fault("error", path=BALANCES, code=108002, message="ERR_NFT_METADATA_NOT_EXISTS")

    async def ask() -> None:
        async for _ in source.iter_nfts(Account(LOOPRING, "1"), Collection(LOOPRING, "254"), Askers(Asker.job("test"))):
            pass

    assert await sentence_of(ask(), NotFoundError) == "Loopring knows no such NFT or collection."


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"resultInfo": {"code": 104007, "msg": "Invalid accountId"}}, id="msg for message"),
        pytest.param({"resultInfo": {"code": "104007", "message": "Invalid accountId"}}, id="code a string"),
        pytest.param({"resultInfo": {"code": 104007}}, id="no message"),
        pytest.param({"code": 104007, "msg": "Invalid accountId"}, id="bare, as old servers send it"),
        pytest.param({"collections": [], "totalNum": 0, "resultInfo": {"code": 104007}}, id="beside an empty list"),
    ],
)
async def test_an_error_is_understood_in_each_of_its_forms(
    sandbox: SandboxClient, source: LoopringSource, body: Any, status: int
) -> None:
    await sandbox.fault("status", status=status, body=body)
    assert await sentence_of(holdings(source), NotFoundError) == NO_ACCOUNT


async def test_code_zero_is_success(sandbox: SandboxClient, source: LoopringSource) -> None:
    body = {"resultInfo": {"code": 0, "message": "SUCCESS"}, "collections": [{"id": 7, "count": 2}], "totalNum": 1}
    await sandbox.fault("status", status=200, body=body)
    scan = await holdings(source)
    assert scan.complete
    assert [(row.collection.collection_id, row.kinds) for row in scan.rows] == [("7", 2)]


@pytest.mark.parametrize("body", [{}, [], None, {"resultInfo": {}}, {"code": 5}, {"data": []}, ["maintenance"], 0])
async def test_a_success_of_another_shape_is_not_an_empty_account(
    sandbox: SandboxClient, source: LoopringSource, body: Any
) -> None:
    await sandbox.fault("status", status=200, body=body)
    assert await sentence_of(holdings(source), UnavailableError) == UNKNOWN_FORM
    assert len(await sandbox.requests(DETAILS)) == 1


@pytest.mark.parametrize(("key", "sentence"), [(None, NO_KEY), ("wrong", BAD_KEY)])
async def test_without_the_right_key_nothing_is_concluded(
    sandbox: SandboxClient, key: str | None, sentence: str
) -> None:
    async with open_source(sandbox, key=key) as source:
        assert await sentence_of(holdings(source), RefusedError) == sentence
        assert source.health.last_failure == sentence
