"""Exported files and their seals on the operator's disk: written for one user, verified, and keys for them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.archive.regular_file import read_file
from bot.config.settings import Settings
from bot.errors import ConfigError, InputError
from bot.holders.seal import (
    SEAL_SUFFIX,
    is_signature_good,
    new_key,
    parse_public_key,
    public_key_of,
    read_seal,
    sha256_of,
)
from bot.holders.sealed_export import SealedExport
from bot.messages import Message

_EXISTS = Message("{path} exists already: nothing was written. Name another file with --output.")
_KEY_EXISTS = Message("{path} exists already, and may be the only copy of a key: name another file.")
_CANNOT_WRITE = Message("{path} cannot be written: {reason}.")
_CANNOT_READ = Message("{path} cannot be read: {reason}.")
_NO_SEAL = Message(
    "{path}: there is no seal. It is the file of that name beside what was exported; or name it by --seal."
)
_USE = Message(
    "Set SNAPSHOT_SIGNING_KEY_FILE to that file for the bot and for `tessera snapshot export`, and publish the public "
    "key."
)

PrintLine = Callable[[str], object]


@contextmanager
def write_export(export: SealedExport, path: Path) -> Iterator[Sequence[Path]]:
    """Write a file and its seal, for this user alone; neither is there if what follows fails.

    Raises:
        InputError: one of them is there already.
        ConfigError: they cannot be written.
    """
    seal = path.with_name(f"{path.name}{SEAL_SUFFIX}")
    (_, content), (_, sealed) = export.files
    written: list[Path] = []
    try:
        for each, its in ((path, content), (seal, sealed)):
            _write_new(each, its, _EXISTS)
            written.append(each)
        yield written
    except BaseException:
        for each in written:
            each.unlink(missing_ok=True)
        raise


def verify_file(settings: Settings, path: Path, seal_path: Path | None, key: str | None, print_line: PrintLine) -> int:
    """Check a file against its seal; 0: it is as it was exported, and signed as it should be.

    Args:
        settings: Their key is the default of `key`.
        path: The file.
        seal_path: Its seal; None: beside it.
        key: The public key that has to have signed it; None: the operator's own, if there is one.
        print_line: Says what was found.

    Raises:
        InputError: the seal is none, or the key is none.
        ConfigError: one of the files cannot be read.
    """
    place = seal_path or path.with_name(f"{path.name}{SEAL_SUFFIX}")
    wanted = parse_public_key(key) if key else public_key_of(settings.snapshots.key) if settings.snapshots.key else ""
    content = _read(path, _CANNOT_READ)
    seal = read_seal(_read(place, _NO_SEAL), place.name)
    if sha256_of(content) != seal.sha256:
        print_line(f"✗ {path.name} is not as it was exported: its SHA-256 is another one.")
        return 1
    print_line(f"✓ SHA-256: {seal.sha256}")
    if not seal.is_signed:
        print_line(f"{'✗' if wanted else '·'} It is not signed: anyone can have made it and its seal.")
        return 1 if wanted else 0
    if not is_signature_good(seal):
        print_line("✗ Its signature is wrong: it was not made by the key that the seal names.")
        return 1
    if wanted and seal.public_key != wanted:
        print_line(f"✗ Signed with another key: {seal.public_key}")
        return 1
    print_line(f"✓ Signed with the key {seal.public_key}")
    if not wanted:
        print_line("· Whose key that is, it does not say: compare it with the one that its owner published (--key).")
    return 0


def make_key(path: Path, print_line: PrintLine) -> int:
    """Write a new key for signing, for this user alone, and print its public key; 0.

    Raises:
        InputError: the file is there already.
        ConfigError: it cannot be written.
    """
    key, public_key = new_key()
    _write_new(path, f"{key}\n".encode(), _KEY_EXISTS)
    print_line(f"Wrote the secret key to {path}. Public key: {public_key}")
    print_line(str(_USE()))
    return 0


def _write_new(path: Path, content: bytes, exists: Message) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except FileExistsError:
        raise InputError(exists, path=path) from None
    except OSError as error:
        raise ConfigError(_CANNOT_WRITE, path=path, reason=error.strerror) from error


def _read(path: Path, missing: Message) -> bytes:
    try:
        return read_file(path, may_be_pipe=True)
    except FileNotFoundError:
        if missing is not _CANNOT_READ:
            raise InputError(missing, path=path) from None
        raise ConfigError(_CANNOT_READ, path=path, reason="there is no such file") from None
    except OSError as error:
        raise ConfigError(_CANNOT_READ, path=path, reason=error.strerror) from error
