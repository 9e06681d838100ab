"""What members paste where a signature is asked for: a tool's JSON is read there, and a key is refused."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.errors import InputError
from bot.signing.challenge import PASTE_TITLE
from bot.signing.pasted import parse_signature
from bot.ui.typed_input import SIGNATURE_FIELD, check_input
from tests.signing.test_pasted import ADDRESS, HEX, R_S, R

TEXT = (
    "Tessera asks you to prove that this wallet is yours. I am Discord user ada (1). Link this wallet to my account. "
    "Stop if that is not you. No cost, moves nothing. Never sign a text that you did not ask for."
)
HASH = f"0x{R}"
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


def check(pasted: str, field: str = SIGNATURE_FIELD) -> None:
    """As a modal is checked that Discord has sent."""
    row = {"type": 1, "components": [{"type": 4, "custom_id": field, "value": pasted}]}
    sent = SimpleNamespace(
        data={"custom_id": "x", "components": [row]}, command=None, type=discord.InteractionType.modal_submit
    )
    check_input(cast("discord.Interaction[Any]", sent))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(R_S | {"yParity": 1}, id="viem"),
        pytest.param({"_type": "signature", "networkV": None, **R_S, "v": 28}, id="ethers"),
        pytest.param(R_S | {"_vs": HASH, "recoveryParam": 1, "v": 28}, id="ethers 5"),
        pytest.param({"message": TEXT, "messageHash": HASH, "v": "0x1c", **R_S, "signature": f"0x{HEX}"}, id="web3.js"),
        pytest.param({"address": ADDRESS, "msg": TEXT, "sig": f"0x{HEX}", "version": "2"}, id="MyCrypto"),
        pytest.param({"address": ADDRESS, "msg": TEXT, "sig": HEX, "version": "3"}, id="MyEtherWallet"),
        pytest.param({"messageHash": HASH, "message": TEXT, "preparedSignature": f"0x{HEX}"}, id="a Safe's service"),
        pytest.param({"publicKey": f"0x02{R}", "digest": HASH, "SIGNATURE": f"0x{HEX}"}, id="with its public key"),
        *(
            pytest.param({"signature": f"0x{HEX}", name: HASH}, id=name)
            for name in ("message_hash", "msgHash", "message-hash", "userOpHash", "public_key")
        ),
        *(pytest.param({"signature": f"0x{HEX}", name: TEXT}, id=name) for name in ("signedMessage", "payload", "raw")),
        pytest.param({"sig": f"0x{HEX}", "message": {"raw": TEXT}}, id="viem's message"),
        pytest.param({"result": f"0x{HEX}", "request": {"params": [TEXT, ADDRESS]}, "hash": HASH}, id="over JSON-RPC"),
        pytest.param({"v": 28, "r": R, "s": R}, id="Ledger"),
        pytest.param({"signatures": [f"0x{HEX}"], "meta": {"tool": "cast wallet sign", "n": 1}}, id="in a list"),
    ],
)
def test_the_json_of_a_signing_tool_is_no_key(body: dict[str, Any]) -> None:
    check(json.dumps(body, indent=2))
    with pytest.raises(InputError, match="looks like a private key"):
        check(json.dumps(body, indent=2), field="anything else")


SIGN_IN = (
    f"example.org wants you to sign in with your Ethereum account:\n{ADDRESS}\n\nI am Discord user ada (1). Link this "
    "wallet to my account. Stop if that is not you.\n\nURI: https://example.org\nVersion: 1\nChain ID: 1"
)
MYCRYPTO = {"address": ADDRESS, "msg": SIGN_IN, "sig": f"0x{HEX}", "version": "2"}
WEB3 = {"message": TEXT, "messageHash": HASH, "v": "0x1c", **R_S, "signature": f"0x{HEX[:-1]}"}
NO_SIGNATURE, ODD = "is not a signature: paste only the signature", "an odd number of digits"


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        pytest.param(SIGN_IN, NO_SIGNATURE, id="the text itself"),
        pytest.param(f"{PASTE_TITLE}\n\n{TEXT}", NO_SIGNATURE, id="the text of a command"),
        pytest.param(f"```\n{SIGN_IN}\n```", NO_SIGNATURE, id="in a code block"),
        pytest.param(f"{SIGN_IN}\n0x{HEX}", NO_SIGNATURE, id="with the signature"),
        pytest.param(
            f"Address: {ADDRESS}\nMessage: {SIGN_IN}\nSignature Hash: 0x{HEX}", NO_SIGNATURE, id="a copy of Etherscan's"
        ),
        pytest.param(json.dumps(MYCRYPTO | {"sig": f"0x{HEX[:-1]}"}), ODD, id="MyCrypto, a digit missing"),
        pytest.param(json.dumps(WEB3), ODD, id="web3.js, a digit missing"),
        pytest.param(
            json.dumps([MYCRYPTO, MYCRYPTO | {"sig": f"0x{HEX[:-2]}1b"}]), "more than one signature", id="two"
        ),
        pytest.param(json.dumps(MYCRYPTO) + " thanks", NO_SIGNATURE, id="words behind"),
        pytest.param(json.dumps(MYCRYPTO).replace('"', "\u201d"), NO_SIGNATURE, id="a phone's quotes"),
        pytest.param(repr(MYCRYPTO), NO_SIGNATURE, id="Python's"),
    ],
)
def test_a_mistake_with_a_signature_is_called_what_it_is(pasted: str, words: str) -> None:
    """Nobody moves their funds over a text that the bot itself has issued."""
    check(pasted)
    with pytest.raises(InputError, match=words):
        parse_signature(pasted)


def test_what_eth_account_prints_is_no_key() -> None:
    printed = f"SignedMessage(message_hash=HexBytes('{HASH}'), r=1, s=2, v=28, signature=HexBytes('0x{HEX}'))"
    check(printed)
    with pytest.raises(InputError, match="looks like a private key"):
        check(printed.replace("r=1", f"key=HexBytes('{HASH}')"))


@pytest.mark.parametrize(
    "pasted",
    [
        pytest.param(f"{SIGN_IN}\n{HASH}", id="a key below the text"),
        pytest.param(f"{R}\nsignature: {HEX}", id="a key above the signature"),
        pytest.param(json.dumps({"signature": HASH}), id="a key that is called a signature"),
        pytest.param(json.dumps({"sig": f"0x{HEX}", "result": R}), id="a key that is called a result"),
        pytest.param(json.dumps({"sig": f"0x{HEX}", "payload": HASH}), id="a key that is called a payload"),
        pytest.param(HASH, id="a key"),
        pytest.param(R, id="a key without 0x"),
        pytest.param(PHRASE, id="a seed phrase"),
        pytest.param(json.dumps({"address": ADDRESS, "privateKey": HASH}), id="an account of web3.js"),
        pytest.param(
            json.dumps({"signature": f"0x{HEX}", "privateKey": HASH}), id="a signature with the key that made it"
        ),
        pytest.param(json.dumps({"signature": f"0x{HEX}", "mnemonic": PHRASE}), id="and with a seed phrase"),
        *(
            pytest.param(json.dumps({"signature": f"0x{HEX}"} | beside), id=f"beside a signature, {beside}"[:60])
            for beside in (
                {"key": HASH},
                {"k": R},
                {"pk": f" {R[:32]} {R[32:]}"},
                {"wallet": {"sk": HASH}},
                {"all": [1, {"x": HASH}]},
                {"words": PHRASE},
                {"words": PHRASE.split()},
                {"backup": [PHRASE]},
                {HASH: "mine"},
                {"note": f"my key is {R}"},
            )
        ),
        pytest.param(f"```json\n{json.dumps({'sig': HEX, 'key': HASH})}\n```", id="in a code block"),
    ],
)
def test_a_key_is_refused_where_a_signature_is_asked_for(pasted: str) -> None:
    with pytest.raises(InputError, match="looks like a private key"):
        check(pasted)
