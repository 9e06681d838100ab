"""The string that `contractURI()` returns, and everything that is none."""

from __future__ import annotations

import pytest

from bot.archive_api.metadata.contract_uris import CONTRACT_URI, read_string
from sandbox.ethereum.abi import selector, text_words, word


def test_the_selector_is_that_of_the_function() -> None:
    assert selector("contractURI()") == CONTRACT_URI


@pytest.mark.parametrize("text", ["", "ipfs://Qm", "ü" * 33, "x" * 5000])
def test_a_string_is_read_as_it_was_written(text: str) -> None:
    assert read_string(text_words(text)) == text


@pytest.mark.parametrize(
    "returned",
    [
        b"",
        b"\x01",
        word(32),
        word(2**256 - 1) * 2,
        word(32) + word(2**255) + b"x",
        word(32) + word(40) + bytes(32),
        word(32) + word(2) + b"\xff\xfe" + bytes(30),
        b"ipfs://QmQvvVRgBKBszZkTdNmJdk8KaoLuifPSzaoWS5oSvznmNU",
        bytes(1_000_000),
    ],
)
def test_what_is_no_string_is_none(returned: bytes) -> None:
    assert read_string(returned) == ""


def test_every_cut_of_a_string_is_none() -> None:
    whole = text_words("ipfs://Qm")
    assert all(read_string(whole[:length]) == "" for length in range(64 + len("ipfs://Qm")))
