"""The seal of a file: checked here by a few lines that know nothing of Tessera's code, as anyone can write them."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace

import nacl.exceptions
import nacl.signing
import pytest

from bot.errors import InputError
from bot.holders.export_view import Layout, export_view
from bot.holders.seal import (
    is_signature_good,
    make_seal,
    new_key,
    parse_public_key,
    public_key_of,
    read_seal,
    write_seal,
)
from bot.holders.sealed_export import sealed_export
from bot.names import refuse_secrets
from tests.holders.snapshots import ANN, BEN, CLEO, snapshot

KEY, PUBLIC = new_key()


def is_good(content: bytes, seal: bytes, public_key: str) -> bool:
    """What docs/snapshots.md says, with hashlib and PyNaCl alone."""
    said = json.loads(seal)
    if hashlib.sha256(content).hexdigest() != said["sha256"] or said["public_key"] != public_key:
        return False
    signed = b"Tessera snapshot v1\n" + said["sha256"].encode() + b"\n"
    try:
        key = nacl.signing.VerifyKey(base64.b64decode(public_key))
        key.verify(signed, base64.b64decode(said["signature"]))
    except nacl.exceptions.BadSignatureError:
        return False
    return True


@pytest.mark.parametrize("layout", Layout)
def test_an_export_is_verified_without_tessera(layout: Layout) -> None:
    export = sealed_export(export_view(snapshot(ANN, BEN, CLEO), shows_addresses=True), layout, KEY)
    (name, content), (seal_name, seal) = export.files
    assert seal_name == f"{name}.seal.json"
    assert json.loads(seal)["file"] == name
    assert is_good(content, seal, PUBLIC)
    assert not is_good(content + b"\n", seal, PUBLIC)
    assert not is_good(content, seal, new_key()[1])
    forged = json.loads(seal) | {"signature": "A" * 86 + "=="}
    assert not is_good(content, json.dumps(forged).encode(), PUBLIC)


def test_the_same_snapshot_has_the_same_bytes_seal_and_name() -> None:
    one, other = (
        sealed_export(export_view(snapshot(*members), shows_addresses=True), Layout.JSON, KEY)
        for members in ((ANN, BEN, CLEO), (ANN, BEN, CLEO))
    )
    assert one.files == other.files
    assert one.name == "tessera-snapshot-12-2026-11-27.json"


def test_a_seal_is_read_as_it_was_written() -> None:
    for seal in (make_seal(b"content"), make_seal(b"content", KEY)):
        assert read_seal(write_seal(seal, "name"), "name") == seal
    assert is_signature_good(make_seal(b"content", KEY))
    assert make_seal(b"content", KEY).public_key == PUBLIC == public_key_of(KEY)
    assert not make_seal(b"content").is_signed


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"public_key": "1" * 64}, {"signature": "2" * 128}])
def test_a_signature_is_of_that_digest_and_by_that_key(change: dict[str, str]) -> None:
    assert not is_signature_good(replace(make_seal(b"content", KEY), **change))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no json",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 9000,
        b'{"format": "tessera-seal-1"}',
        b'{"format": "tessera-seal-1", "sha256": "zz"}',
        b'{"format": "tessera-seal-1", "sha256": "' + b"0" * 64 + b'", "public_key": "AA=="}',
        b'{"format": "tessera-seal-1", "sha256": "' + b"0" * 64 + b'", "signature": "' + b"A" * 86 + b'=="}',
        b" " * 20_000,
    ],
)
def test_what_is_no_seal_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(InputError, match=r"list\.csv is no seal of Tessera's"):
        read_seal(content, "list.csv")


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "g" * 64, "🔑"])
def test_what_is_no_key_is_refused_and_not_repeated(text: str) -> None:
    for use in (lambda: make_seal(b"", text or " "), lambda: parse_public_key(text)):
        with pytest.raises(InputError, match=r"That is no (public )?key") as caught:
            use()
        assert not text or text not in caught.value.sentence


def test_a_public_key_may_be_pasted_as_it_is_shown() -> None:
    assert parse_public_key(f"  {PUBLIC}\n") == PUBLIC
    refuse_secrets(PUBLIC)


def test_a_secret_key_is_refused_wherever_it_is_typed() -> None:
    with pytest.raises(InputError):
        refuse_secrets(KEY)
