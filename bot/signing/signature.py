"""Who signed a text: addresses, the digest that wallets sign, and the key that a signature was made with.

    text ──personal_digest──▶ 32 bytes ┐
    pasted ──parse_signature──▶ bytes ─┴─recover──▶ address, or None

One text has one digest. Some wallets also accept a signature of that digest as a message of its own, of 32 bytes that
nobody can read: any site can have such bytes signed, as a "nonce for your login", and then the wallet shows neither the
text nor whose page it is for. No such signature proves anything here.

Only ECDSA is verified here. Whether a contract accepts a signature has to be asked of a node: `bot.signing.abi` encodes
the call, and `contract_forms` returns the forms of the signature to ask about.

The libraries are loaded when they are first needed: 6 MB, and a fifth of a second of each start.
"""

from __future__ import annotations

import re

from eth_hash.auto import keccak

from bot.errors import InputError
from bot.messages import Message

_NOT_AN_ADDRESS = Message("That is not an Ethereum address: an address is 0x and 40 hex digits.")
_ZERO_ADDRESS = Message("The zero address belongs to nobody: use the address of your own wallet.")
WRONG_CHECKSUM = Message(
    "That address has a typing mistake, its checksum is wrong: copy it from your wallet once more."
)

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
ZERO_ADDRESS = "0x" + "0" * 40
# What is often copied along at both ends. Any other invisible character makes it a different text.
_WHITESPACE = " \t\r\n"
_COMPACT, _PLAIN, _SUFFIXED = 64, 65, 66  # r and s; and the parity; and one byte more
# Wallets write the parity of the point as 27 and 28, some hardware as 0 and 1. What EIP-155 adds is for transactions.
_FIRST_PARITY = 27
_PARITY = {0: 0, 1: 1, 27: 0, 28: 1}
# Loopring's wallets put the kind of the digest behind the 65 bytes: 02 as it is. Their 03, and Ambire's 01, mean that
# the digest was signed as a message of its own; so do 31 and 32 as the parity in a signature of a Safe.
_AS_IT_IS = b"\x02"
_AS_A_MESSAGE = (31, 32)
# The kinds of the parts of a Safe's signature: a contract's, a digest approved on chain, and a key's.
_OF_A_CONTRACT = 0
_PARTS_OF_A_SAFE = (_OF_A_CONTRACT, 1, 27, 28)
_MOST_CONTRACTS = 1_000
_DELEGATION, _DELEGATED_BYTES = bytes.fromhex("ef0100"), 23
# How many points the curve secp256k1 has: SEC 2, version 2.0, 2.4.1.
_ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
_MAX_S = _ORDER // 2
_TOP_BIT = 1 << 255


def is_address(text: str) -> bool:
    """Whether this is 0x and 40 hex digits, in any case; no checksum is asked for."""
    return _ADDRESS.fullmatch(text) is not None


def checksummed(address: str) -> str:
    """An address in the mixed case of EIP-55, as wallets show it."""
    from eth_utils.address import to_checksum_address  # noqa: PLC0415 - see the module

    return to_checksum_address(address)


def has_wrong_checksum(address: str) -> bool:
    """Whether the capital letters of an address are meant as a checksum, and do not fit; all in one case are none."""
    from eth_utils.address import is_checksum_address, is_checksum_formatted_address  # noqa: PLC0415 - see the module

    return is_checksum_formatted_address(address) and not is_checksum_address(address)


def parse_address(text: str) -> str:
    """An address that a person or a page gave, lower case; blanks around it do not count.

    All in one case it carries no checksum, and none is asked for.

    Raises:
        InputError: with a sentence that says what is accepted.
    """
    address = text.strip(_WHITESPACE)
    if not is_address(address):
        raise InputError(_NOT_AN_ADDRESS)
    if address == ZERO_ADDRESS:
        raise InputError(_ZERO_ADDRESS)
    if has_wrong_checksum(address):
        raise InputError(WRONG_CHECKSUM)
    return address.lower()


def personal_digest(text: str) -> bytes:
    """What a wallet signs for this text with `personal_sign`: EIP-191, version 0x45, over its UTF-8 bytes."""
    return personal_digest_of_bytes(text.encode())


def personal_digest_of_bytes(message: bytes) -> bytes:
    """The same for bytes. The length in front of them counts bytes, in decimal."""
    return keccak(b"\x19Ethereum Signed Message:\n%d" % len(message) + message)


def recover(digest: bytes, signature: bytes) -> str | None:
    """The address, lower case, whose key made this signature of a 32-byte digest; None where no key may have.

    Almost any 65 bytes lead to *some* address, so the answer alone proves nothing: compare it with the address that
    was claimed before the text was made. That is safe. To reach one address that was given, one needs its key, or
    160 bits of luck with Keccak-256; and so it cannot be the zero address, which `parse_address` takes from nobody.

    None is the answer to what is no `plain_signature`, and to an r that is no point of the curve.
    """
    from eth_keys.datatypes import Signature  # noqa: PLC0415 - see the module
    from eth_keys.exceptions import BadSignature  # noqa: PLC0415 - see the module

    plain = plain_signature(signature)
    if plain is None:
        return None
    r, s = int.from_bytes(plain[:32]), int.from_bytes(plain[32:64])
    try:
        signed = Signature(vrs=(_PARITY[plain[64]], r, s))
        return signed.recover_public_key_from_msg_hash(digest).to_address()
    except BadSignature:
        return None


def plain_signature(signature: bytes) -> bytes | None:
    """The signature of one key as contracts expect it: r, s, and 27 or 28. None where it is none of one key.

    Accepted are 65 bytes that end with 0, 1, 27 or 28, the 64 of EIP-2098, where the highest bit of s is the parity,
    and 66 that end with Loopring's 02. Not r or s out of range, nor the upper half of s: anybody can turn a signature
    into that twin.
    """
    if len(signature) == _COMPACT:
        s = int.from_bytes(signature[32:])
        signature = signature[:32] + (s % _TOP_BIT).to_bytes(32) + bytes([s // _TOP_BIT])
    elif len(signature) == _SUFFIXED:
        signature = signature.removesuffix(_AS_IT_IS)
    if len(signature) != _PLAIN or signature[64] not in _PARITY:
        return None
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:64])
    if not (0 < r < _ORDER and 0 < s <= _MAX_S):
        return None
    return signature[:64] + bytes([_FIRST_PARITY + _PARITY[signature[64]]])


def contract_forms(signature: bytes) -> tuple[bytes, ...]:
    """The forms in which a contract is asked about a signature; none where it says that it is of no text.

    One key's is shown with Loopring's suffix, too: the older of their wallets accept no other form, and the others of
    other makers only the one without. What a key may not sign as, no contract is asked about either. Longer ones are
    the contract's own matter, except those whose parts say that a digest was signed as a message.
    """
    if not signature:
        return (signature,)  # a Safe's "signed on chain"
    if plain := plain_signature(signature):
        return plain, plain + _AS_IT_IS
    is_cut = len(signature) < _SUFFIXED
    has_kind = len(signature) == _SUFFIXED and signature[65] < _FIRST_PARITY
    if is_cut or has_kind or _has_part_of_a_message(signature):
        return ()
    return (signature,)


def is_delegated(code: bytes) -> bool:
    """Whether the code at an address is that of a key's own account that borrows a contract's (EIP-7702)."""
    return len(code) == _DELEGATED_BYTES and code.startswith(_DELEGATION)


def _has_part_of_a_message(signature: bytes) -> bool:
    """Whether a Safe would read a part of this that says that a digest was signed as a message.

    A Safe reads parts of 65 bytes, as many as it has to, and ignores what follows; so those of every number are looked
    at, up to the first that is no part of a Safe's. Where the part is another contract's, its bytes are elsewhere in
    the signature, and may be parts again: that contract may be a Safe.
    """
    found, waiting = 1, [memoryview(signature)]
    while waiting:
        parts = waiting.pop()
        for part in range(0, len(parts) - _COMPACT, _PLAIN):
            kind = parts[part + _COMPACT]
            if kind in _AS_A_MESSAGE:
                return True
            if kind not in _PARTS_OF_A_SAFE:
                break
            if kind == _OF_A_CONTRACT:
                found += 1
                if found > _MOST_CONTRACTS:  # no wallet's: it points to itself again and again
                    return True
                waiting.append(_pointed_at(parts, int.from_bytes(parts[part + 32 : part + _COMPACT])))
    return False


def _pointed_at(parts: memoryview, start: int) -> memoryview:
    """The bytes that a contract's part of a Safe's signature points to: always fewer than those that it is in."""
    length = int.from_bytes(parts[start : start + 32])
    return parts[start + 32 :][:length] if start >= _PLAIN else parts[:0]
