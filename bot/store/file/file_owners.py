"""Whose files those of the store are: root can open all of them, and the bot, which is another user, only its own.

A restore or a command as root may leave a file of root's, with mode 0600: all looks well to root, and no bot starts.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from pathlib import Path

from bot.errors import ConfigError
from bot.messages import Message

_OF_ANOTHER = Message("{path}: the store belongs to another user, so the bot cannot open it. As root, run {command}")
_NOT_AS_ITS_FOLDER = Message(
    "{path}: it belongs to another user than the store's folder, so the bot could not open it. Run {command}"
)
_ROOT = 0


def refuse_other_owners(path: Path, backups: Path, beside: Iterable[str], *, user: int) -> None:
    """Where root looks: refuse files that are not those of the user whose the store's folder is.

    A folder of root's says nothing: there the bot may write by its group.

    Args:
        path: The store's file.
        backups: The folder of its backups.
        beside: The endings of the files beside it.
        user: Who looks.

    Raises:
        ConfigError: with the command that helps.
    """
    folder = path.parent.stat()
    if user != _ROOT or folder.st_uid == _ROOT:
        return
    files = [file for file in (path, *(Path(f"{path}{ending}") for ending in beside)) if file.exists()]
    others = [file for file in files if file.stat().st_uid != folder.st_uid]
    if backups.exists() and not _may_write(backups.stat(), folder.st_uid):
        others.append(backups)
    if others:
        command = chown(folder.st_uid, folder.st_gid, *others)
        raise ConfigError(_NOT_AS_ITS_FOLDER, path=others[0], command=f"`{command}`.")


def _may_write(folder: os.stat_result, user: int) -> bool:
    """Whether that user may, as far as root can see: in a folder of root's by its group."""
    return folder.st_uid == user or (folder.st_uid == _ROOT and bool(folder.st_mode & 0o022))


def refuse_unopenable(path: Path) -> None:
    """Refuse a file that is there, and which this user may not read and write.

    Raises:
        ConfigError: with the command that helps.
    """
    try:
        is_ours = path.stat().st_uid == os.geteuid()
    except OSError:  # it is not there, or in a folder that this user may not look into
        return
    effective = os.access in os.supports_effective_ids
    if not is_ours and not os.access(path, os.R_OK | os.W_OK, effective_ids=effective):
        command = chown(os.geteuid(), os.getegid(), path)
        raise ConfigError(_OF_ANOTHER, path=path, command=f"`{command}`.")


def chown(user: int, group: int, *files: Path) -> str:
    """The command that makes them files of that user."""
    return shlex.join(["chown", f"{user}:{group}", *map(str, files)])
