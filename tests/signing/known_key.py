"""A key that everybody knows, a text, and the signature of it that its library has published."""

from __future__ import annotations

from eth_keys.datatypes import PrivateKey

# A key that the documentation of web3.js has shown to everybody since 2017.
KEY = PrivateKey(bytes.fromhex("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"))
SIGNER = "0x2c7536e3605d9c16a7a3d7b1898e529396a65c23"
TEXT = "Some data"
DIGEST = bytes.fromhex("1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655")
R = bytes.fromhex("b91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd")
S = bytes.fromhex("6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a029")
SIGNATURE = R + S + b"\x1c"
ZERO = bytes(32)


def word(number: int) -> bytes:
    return number.to_bytes(32)
