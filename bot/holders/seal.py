r"""The seal of an exported file: its SHA-256 and, with a key, an Ed25519 signature, as a small file beside it.

Beside it, as a file cannot contain its own digest, and a list for an airdrop tool has no room for anything else. What
is signed is the domain and the digest of all bytes of the file, as text:

    Tessera snapshot v1\n<64 hex digits>\n

so that a few lines of any language can check it (docs/snapshots.md has them), and no signature of this key means
anything elsewhere. Public keys and signatures are written in Base64, secret keys in hex: what is pasted by mistake in
the place of a public key is then refused as what it is, everywhere (`bot.names.typed_secrets`).
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from bot.errors import InputError
from bot.messages import Message

SEAL_SUFFIX = ".seal.json"
_FORMAT = "tessera-seal-1"
_DOMAIN = "Tessera snapshot v1\n"
_HEX_32 = re.compile(r"[0-9a-f]{64}")
_BASE64_32 = re.compile(r"[A-Za-z0-9+/]{43}=")
_BASE64_64 = re.compile(r"[A-Za-z0-9+/]{86}==")
_LONGEST = 10_000

_NO_SEAL = Message("{name} is no seal of Tessera's: it is the file whose name ends with {suffix}, as it was exported.")
_NO_KEY = Message(
    "That is no key for signing: it has 64 digits and letters from a to f, as `tessera snapshot keygen` makes it."
)
_NO_PUBLIC_KEY = Message(
    "That is no public key of snapshots: it has 44 letters, digits and signs, the last of them =, as `tessera snapshot "
    "keygen` prints it."
)


@dataclass(frozen=True, slots=True)
class Seal:
    """What a seal says.

    Attributes:
        sha256: Of the file, in hex.
        public_key: Whose signature it is, in Base64; "": it is not signed.
        signature: It, in Base64.
    """

    sha256: str
    public_key: str = ""
    signature: str = ""

    @property
    def is_signed(self) -> bool:
        """Whether somebody signed it, rightly or not."""
        return bool(self.signature)


def sha256_of(content: bytes) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(content).hexdigest()


def make_seal(content: bytes, key: str = "") -> Seal:
    """The seal of a file.

    Args:
        content: All of its bytes.
        key: A secret key as `new_key` makes it; "": it is not signed.

    Raises:
        InputError: it is no key.
    """
    digest = sha256_of(content)
    if not key:
        return Seal(digest)
    signing = _signing_key(key)
    signature = signing.sign(_signed_text(digest)).signature
    return Seal(digest, _to_text(signing.verify_key.encode()), _to_text(signature))


def write_seal(seal: Seal, name: str) -> bytes:
    """A seal as a file; `name`: of the file that it seals."""
    body = {"format": _FORMAT, "file": name, "sha256": seal.sha256}
    if seal.is_signed:
        body |= {"algorithm": "ed25519", "public_key": seal.public_key, "signature": seal.signature}
    return (json.dumps(body, indent=1) + "\n").encode()


def read_seal(content: bytes, name: str) -> Seal:
    """A seal from a file.

    Raises:
        InputError: it is none; `name` is of that file.
    """
    wrong = InputError(_NO_SEAL, name=name, suffix=SEAL_SUFFIX)
    if len(content) > _LONGEST:
        raise wrong
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise wrong from None
    if not isinstance(body, dict) or body.get("format") != _FORMAT:
        raise wrong
    seal = Seal(*(str(body.get(key, "")) for key in ("sha256", "public_key", "signature")))
    is_signed_well = _BASE64_32.fullmatch(seal.public_key) and _BASE64_64.fullmatch(seal.signature)
    if not _HEX_32.fullmatch(seal.sha256) or not (is_signed_well or not (seal.public_key or seal.signature)):
        raise wrong
    return seal


def is_signature_good(seal: Seal) -> bool:
    """Whether the key that the seal names made its signature, of that digest."""
    try:
        VerifyKey(b64decode(seal.public_key)).verify(_signed_text(seal.sha256), b64decode(seal.signature))
    except (BadSignatureError, ValueError):
        return False
    return True


def new_key() -> tuple[str, str]:
    """A new secret key, in hex, and its public key, in Base64."""
    key = SigningKey.generate()
    return key.encode().hex(), _to_text(key.verify_key.encode())


def public_key_of(key: str) -> str:
    """The public key of a secret key, in Base64.

    Raises:
        InputError: it is no key.
    """
    return _to_text(_signing_key(key).verify_key.encode())


def parse_public_key(text: str) -> str:
    """A public key that somebody typed, in Base64.

    Raises:
        InputError: it is no key.
    """
    found = text.strip()
    if not _BASE64_32.fullmatch(found):
        raise InputError(_NO_PUBLIC_KEY)
    return found


def _signing_key(key: str) -> SigningKey:
    found = key.strip().lower()
    if not _HEX_32.fullmatch(found):
        raise InputError(_NO_KEY)
    return SigningKey(bytes.fromhex(found))


def _to_text(key: bytes) -> str:
    return b64encode(key).decode()


def _signed_text(digest: str) -> bytes:
    return f"{_DOMAIN}{digest}\n".encode()
