"""The signature in what people paste: as tools, terminals and phones give it, or a sentence that says what to do."""

from __future__ import annotations

import json

import pytest

from bot.errors import InputError
from bot.signing.pasted import MAX_BYTES, parse_signature

R = "b91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd"
S = "6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a029"
HEX = f"{R}{S}1c"
SIGNATURE = bytes.fromhex(HEX)
ADDRESS = "0x2c7536e3605d9c16a7a3d7b1898e529396a65c23"
R_S = {"r": f"0x{R}", "s": f"0x{S}"}
NOT_ONE = (
    "That is not a signature: paste only the signature, which is 0x and 128 or more hex digits, or what your signing "
    "tool gives as JSON with it as sig or signature."
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"0x{HEX}", id="bare"),
        pytest.param(HEX, id="geth's console, without 0x"),
        pytest.param(HEX.upper(), id="upper case"),
        pytest.param(f"0X{HEX.upper()}", id="0X"),
        pytest.param(f"  0x{HEX}\r\n", id="a terminal's line end"),
        pytest.param(f"0x{HEX[:60]}\n{HEX[60:]}", id="broken into lines by a terminal"),
        pytest.param(f"0x{HEX[:60]}\r\n  {HEX[60:]}", id="and indented"),
        pytest.param(f"0x {HEX[:64]} {HEX[64:128]} {HEX[128:]}", id="in columns"),
        pytest.param(f"\ufeff0x{HEX}", id="a file's mark of its encoding"),
        pytest.param(f"0x{HEX}\u00a0", id="a blank of a web page"),
        pytest.param(f"0x{HEX[:60]}\u200b{HEX[60:]}", id="a chat's blank without width"),
        pytest.param(f'"0x{HEX}"', id="JSON's string, helpeth#18"),
        pytest.param(f"'0x{HEX}',", id="a line of code"),
        pytest.param(f"\u201c0x{HEX}\u201d", id="a phone's quotes"),
        pytest.param(f"`0x{HEX}`", id="a chat's code mark"),
        pytest.param(f"```\n0x{HEX}\n```", id="a chat's code block"),
        pytest.param(f"<0x{HEX}>", id="a mail's brackets"),
        pytest.param(f"Signature: 0x{HEX}", id="with its name"),
        pytest.param(f"sig=0x{HEX}", id="with its short name"),
        pytest.param(f"HexBytes('0x{HEX}')", id="eth-account"),
        pytest.param(
            json.dumps({"address": ADDRESS, "msg": "Some data", "sig": f"0x{HEX}", "version": "2"}, indent=2),
            id="MyCrypto, VerifySignature#29",
        ),
        pytest.param(json.dumps({"address": ADDRESS, "msg": "x", "sig": HEX, "version": "3"}), id="etherwallet#517"),
        pytest.param(
            json.dumps({"message": "x", "messageHash": f"0x{R}", "v": "0x1c", **R_S, "signature": f"0x{HEX}"}),
            id="web3.js, accounts.sign",
        ),
        pytest.param(json.dumps({"jsonrpc": "2.0", "id": 1, "result": f"0x{HEX}"}), id="a wallet over JSON-RPC"),
        pytest.param(json.dumps({"data": {"signature": f"0x{HEX}"}}), id="somewhere inside"),
        pytest.param(
            json.dumps({"_type": "signature", "networkV": None, **R_S, "v": 28}), id="ethers, Signature.toJSON"
        ),
        pytest.param(json.dumps(R_S | {"yParity": 1}), id="viem, parseSignature"),
        pytest.param(json.dumps(R_S | {"v": "28"}), id="v as a decimal"),
        pytest.param(f"`{json.dumps({'sig': f'0x{HEX}'})}`", id="JSON in a chat's code mark"),
        pytest.param(f"```json\n{json.dumps({'sig': f'0x{HEX}'})}\n```", id="JSON in a chat's code block"),
        pytest.param(f"```hex\n0x{HEX}\n```", id="hex in a chat's code block"),
        pytest.param(json.dumps([{"sig": f"0x{HEX}"}]), id="a list of one"),
        pytest.param(json.dumps([f"0x{HEX}"]), id="a list of one text"),
        pytest.param(json.dumps({"signatures": [f"0x{HEX}"]}), id="a list with a name"),
        pytest.param(json.dumps({"Signature": f"0x{HEX}"}), id="a name with a capital"),
        pytest.param(json.dumps({"R": f"0x{R}", "S": f"0x{S}", "V": 28}), id="parts with capitals"),
        pytest.param(json.dumps(R_S | {"v": "28n"}), id="v as JavaScript's big number"),
        pytest.param(f"**0x{HEX}**", id="bold"),
        pytest.param(f"||0x{HEX}||", id="a spoiler"),
        pytest.param(f"0x{HEX}.", id="a full stop"),
        pytest.param(json.dumps({"signature": f"0x{HEX.upper()}", "sig": HEX}), id="the same bytes twice"),
        pytest.param(
            json.dumps(
                {"preparedSignature": f"0x{HEX}", "confirmations": [{"signature": "0x12"}, {"signature": "0x34"}]}
            ),
            id="a Safe's service, with each owner's",
        ),
        pytest.param(json.dumps({"v": 28, "r": R, "s": S}), id="Ledger, hw-app-eth: r and s without 0x"),
        pytest.param(
            f"SignedMessage(message_hash=HexBytes('0x{R}'), r={int(R, 16)}, s={int(S, 16)}, v=28, "
            f"signature=HexBytes('0x{HEX}'))",
            id="eth-account, printed",
        ),
    ],
)
def test_a_signature_is_read_as_it_is_copied(text: str) -> None:
    assert parse_signature(text) == SIGNATURE


@pytest.mark.parametrize("name", ["yParityAndS", "_vs", "vs"])
@pytest.mark.parametrize("prefix", ["", "0x"])
def test_the_parity_may_be_in_s(name: str, prefix: str) -> None:
    """EIP-2098, as ethers and ox have it."""
    pasted = json.dumps({"r": f"{prefix}{R}", name: f"{prefix}{S}"})
    assert parse_signature(pasted) == bytes.fromhex(R + S)


@pytest.mark.parametrize("text", ["0x", "0X", ' "0x" ', "`0x`\n", '{"signature": "0x"}'])
def test_0x_alone_is_the_signature_of_a_safe_that_signed_on_chain(text: str) -> None:
    """siwe-py#76."""
    assert parse_signature(text) == b""


def test_the_leading_zeros_of_r_and_s_are_their_own() -> None:
    assert (
        parse_signature('{"r": "0x1", "s": "0x02", "v": 27}')
        == b"\1".rjust(32, b"\0") + b"\2".rjust(32, b"\0") + b"\x1b"
    )


@pytest.mark.parametrize("size", [64, 65, 66, 130, 324 // 2, 1344, 4096, MAX_BYTES])
def test_sizes_that_are_read(size: int) -> None:
    """ts-immutable-sdk#1765, coinbase-wallet-sdk#1379: passkeys and several owners are longer than a key's."""
    assert parse_signature("0x" + "ab" * size) == b"\xab" * size


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("", NOT_ONE, id="nothing"),
        pytest.param('""', NOT_ONE, id="quotes around nothing"),
        pytest.param(f"0x0x{HEX}", NOT_ONE, id="0x twice"),
        pytest.param(f"0x{HEX[:-2]}1g", NOT_ONE, id="a letter that is no digit"),
        pytest.param(f"0x{HEX[:-2]}１ｃ", NOT_ONE, id="digits of full width"),
        pytest.param(f"0x{HEX[:-2]}٣٤", NOT_ONE, id="digits of another script"),
        pytest.param(f"0x{HEX}, 0x{HEX}", NOT_ONE, id="two"),
        pytest.param('{"sig": ', NOT_ONE, id="half of a JSON"),
        pytest.param('{"address": "0x12"}', NOT_ONE, id="a JSON without one"),
        pytest.param('{"sig": 5}', NOT_ONE, id="a number"),
        pytest.param('{"sig": ""}', NOT_ONE, id="an empty one"),
        pytest.param(json.dumps({"v": 28, "r": R[:-1], "s": S}), NOT_ONE, id="63 digits without 0x"),
        pytest.param(f"{R}\nsignature: {HEX}", NOT_ONE, id="a key before the signature's name"),
        pytest.param(f"0x{HEX}...", NOT_ONE, id="shortened by a program"),
        pytest.param(f'["0x{HEX}", "0x{HEX}1b"]', "That JSON has more than one signature", id="a list of two"),
        pytest.param(json.dumps(R_S | {"v": 37}), NOT_ONE, id="the parity of a transaction"),
        pytest.param(json.dumps(R_S | {"v": True}), NOT_ONE, id="a parity that is none"),
        pytest.param('{"sig":' * 5000, NOT_ONE, id="deeper than any"),
        pytest.param(f"0x{HEX}a", "That signature has an odd number of digits: one is missing", id="one digit more"),
        pytest.param(f"0x{HEX[:-1]}", "That signature has an odd number of digits", id="one digit less"),
        pytest.param(ADDRESS, "too short for a signature: 40 of at least 128 hex digits", id="an address"),
        pytest.param(f"0x{R}", "too short for a signature: 64 of at least 128", id="a transaction"),
        pytest.param("ab" * (MAX_BYTES + 1), "too long for a signature: 32770 hex digits, and 32768 is", id="too long"),
        pytest.param("ab" * 1_000_000, "too long for a signature", id="far too long"),
        pytest.param(
            json.dumps({"a": {"sig": f"0x{HEX}"}, "b": {"sig": f"0x{HEX[:-2]}1b"}}),
            "That JSON has more than one signature. Paste only the one of the text",
            id="a JSON with two",
        ),
    ],
)
def test_anything_else_is_answered_with_what_to_paste(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_signature(text)
    assert sentence in caught.value.sentence
