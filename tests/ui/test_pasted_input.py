"""What members paste where a signature is asked for: a tool's JSON is read there, and a key is refused."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.errors import InputError
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
        pytest.param({"signatures": [f"0x{HEX}"], "meta": {"tool": "cast wallet sign", "n": 1}}, id="in a list"),
    ],
)
def test_the_json_of_a_signing_tool_is_no_key(body: dict[str, Any]) -> None:
    check(json.dumps(body, indent=2))
    with pytest.raises(InputError, match="looks like a private key"):
        check(json.dumps(body, indent=2), field="anything else")


@pytest.mark.parametrize(
    "pasted",
    [
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
