"""How addresses of wallets that are not deployed are computed: Loopring's answer, its "no", and what is neither."""

from typing import Any

import pytest

from bot.errors import RefusedError, TesseraError, ThrottledError, UnavailableError
from bot.holdings import LOOPRING, Account
from bot.links import Counterfactual
from bot.sources.askers import Asker, Askers
from bot.sources.loopring import LoopringSource
from sandbox.wallets import WALLET_FACTORY
from tests.loopring_source import open_source
from tests.sandbox_client import SandboxClient

INFO = "counterFactualInfo"
NOW = Askers(Asker.member(1))
PROMISED = Account(LOOPRING, "10028")  # promised by its factory, and known to the API
RECOVERED = Account(LOOPRING, "10029")  # deployed since, and the API goes on telling its first owner
KEYED, DEPLOYED = Account(LOOPRING, "10001"), Account(LOOPRING, "10021")


async def counterfactual_info(sandbox: SandboxClient, account: Account) -> dict[str, str]:
    """The answer as it is sent."""
    body: dict[str, str] = await sandbox.get(f"/loopring/api/v3/{INFO}", accountId=account.account_id)
    return body


@pytest.mark.parametrize("account", [PROMISED, RECOVERED])
async def test_what_an_address_was_made_from(sandbox: SandboxClient, source: LoopringSource, account: Account) -> None:
    wallet = await source.fetch_owner(account, NOW)
    body = await counterfactual_info(sandbox, account)
    assert await source.fetch_counterfactual(wallet, NOW) == Counterfactual(
        wallet, WALLET_FACTORY.lower(), int(body["walletSalt"]), body["walletOwner"]
    )
    assert (await sandbox.requests(INFO))[-1]["query"] == {"address": wallet}


async def test_it_is_asked_without_a_key_too(sandbox: SandboxClient) -> None:
    async with open_source(sandbox, key=None) as source:
        assert await source.fetch_counterfactual((await counterfactual_info(sandbox, PROMISED))["wallet"], NOW)


@pytest.mark.parametrize("account", [KEYED, DEPLOYED])
async def test_other_addresses_are_made_from_nothing(source: LoopringSource, account: Account) -> None:
    assert await source.fetch_counterfactual(await source.fetch_owner(account, NOW), NOW) is None


async def test_an_address_that_nobody_knows_is_made_from_nothing(source: LoopringSource) -> None:
    assert await source.fetch_counterfactual("0x" + "9" * 40, NOW) is None


async def test_addresses_of_any_case_become_lower_case(sandbox: SandboxClient, source: LoopringSource) -> None:
    body = await counterfactual_info(sandbox, PROMISED)
    shouted = {key: value.upper().replace("X", "x") if isinstance(value, str) else value for key, value in body.items()}
    await sandbox.fault("status", INFO, status=200, body=shouted)
    found = await source.fetch_counterfactual(body["wallet"], NOW)
    assert found == Counterfactual(body["wallet"], body["walletFactory"], int(body["walletSalt"]), body["walletOwner"])


async def test_a_salt_may_be_as_large_as_256_bits(sandbox: SandboxClient, source: LoopringSource) -> None:
    body = await counterfactual_info(sandbox, PROMISED)
    await sandbox.fault("status", INFO, status=200, body=body | {"walletSalt": str(2**256 - 1)})
    found = await source.fetch_counterfactual(body["wallet"], NOW)
    assert found is not None
    assert found.salt == 2**256 - 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"wallet": "0x" + "9" * 40}, id="of another wallet"),
        pytest.param({"wallet": None}, id="of none"),
        pytest.param({"walletFactory": ""}, id="no factory"),
        pytest.param({"walletFactory": "0x1234"}, id="half a factory"),
        pytest.param({"walletOwner": None}, id="no owner"),
        pytest.param({"walletOwner": "ada.eth"}, id="a name for an owner"),
        pytest.param({"walletSalt": "0x10"}, id="a salt that is no decimal number"),
        pytest.param({"walletSalt": "1.5"}, id="a broken salt"),
        pytest.param({"walletSalt": -1}, id="a salt below zero"),
        pytest.param({"walletSalt": str(2**256)}, id="a salt of too many bits"),
        pytest.param({"walletSalt": None}, id="no salt"),
    ],
)
async def test_what_is_not_understood_is_not_a_no(
    sandbox: SandboxClient, source: LoopringSource, change: dict[str, Any]
) -> None:
    body = await counterfactual_info(sandbox, PROMISED)
    await sandbox.fault("status", INFO, status=200, body=body | change)
    with pytest.raises(UnavailableError, match="an answer of a form that Tessera does not know"):
        await source.fetch_counterfactual(body["wallet"], NOW)


@pytest.mark.parametrize("body", [{}, [], "null", None, 0])
async def test_an_answer_of_another_form_is_not_a_no(sandbox: SandboxClient, source: LoopringSource, body: Any) -> None:
    wallet = (await counterfactual_info(sandbox, PROMISED))["wallet"]
    await sandbox.fault("status", INFO, status=200, body=body)
    with pytest.raises(UnavailableError):
        await source.fetch_counterfactual(wallet, NOW)


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (100000, "internal error", UnavailableError),
        (100002, "a fault", UnavailableError),
        (104001, "no key", RefusedError),
        (104002, "wrong key", RefusedError),
        (777777, "never seen", UnavailableError),
    ],
)
async def test_a_refusal_of_the_api_is_not_a_no(
    sandbox: SandboxClient, source: LoopringSource, code: int, message: str, kind: type[TesseraError]
) -> None:
    wallet = (await counterfactual_info(sandbox, PROMISED))["wallet"]
    await sandbox.fault("error", INFO, code=code, message=message)
    with pytest.raises(TesseraError) as caught:
        await source.fetch_counterfactual(wallet, NOW)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("fault", "options", "kind"),
    [
        ("html", {}, UnavailableError),
        ("reset", {}, UnavailableError),
        ("torn", {}, UnavailableError),
        ("huge", {}, UnavailableError),
        ("redirect", {"location": "/elsewhere"}, UnavailableError),
        ("status", {"status": 404}, UnavailableError),
        ("status", {"status": 503}, UnavailableError),
        ("throttle", {"retry_after": 3600}, ThrottledError),
    ],
)
async def test_no_answer_is_not_a_no(
    sandbox: SandboxClient, source: LoopringSource, fault: str, options: dict[str, Any], kind: type[TesseraError]
) -> None:
    wallet = (await counterfactual_info(sandbox, PROMISED))["wallet"]
    await sandbox.fault(fault, INFO, **options)
    with pytest.raises(TesseraError) as caught:
        await source.fetch_counterfactual(wallet, NOW)
    assert type(caught.value) is kind


async def test_a_request_that_is_not_accepted_is_no_answer(sandbox: SandboxClient, source: LoopringSource) -> None:
    await sandbox.fault("error", INFO, code=100001, message="Invalid address")
    with pytest.raises(UnavailableError, match="did not accept the request"):
        await source.fetch_counterfactual("0x" + "9" * 40, NOW)
