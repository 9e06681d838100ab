"""Who else may write a file, or read a secret. What others can change or read is refused, with the command that helps.

The rule for secret files is PostgreSQL's for private keys: one of our own is for us alone (0600 or less); one of root's
may be read by its group (0640 or less), which is how systemd hands credentials over, and how a package installs them.
In the same way root may let a group write in a folder; of our own folders, that group must have no other member.
"""

from __future__ import annotations

import grp
import os
import pwd
import shlex
import stat
from pathlib import Path

from bot.errors import ConfigError
from bot.messages import Message

_SECRET_OF_ANOTHER = Message(
    "{variable}_FILE: another user owns that file, or root for all to read: run "
    'chown {user} "${variable}_FILE" && chmod 400 "${variable}_FILE".'
)
_SECRET_FOR_OTHERS = Message(
    '{variable}_FILE: other users can read or write that file: run chmod 600 "${variable}_FILE".'
)
_OPEN_FOLDER = Message("{what}: other users can write in the folder {folder}: run chmod go-w {folder}.")
_FOLDER_OF_ANOTHER = Message(
    "{what}: the folder {folder} belongs to another user, who can replace what is in it: use a folder of your own."
)
_OPEN_FILE = Message("{path}: other users can write this file: run chmod go-w {path}.")

_ROOT = 0
_NOT_OURS_ALONE = stat.S_IRWXG | stat.S_IRWXO
_BEYOND_ITS_GROUP = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO


def refuse_shared_secret(variable: str, path: Path, status: os.stat_result, *, user: int) -> None:
    """Refuse the file of a secret that others can read, write or replace.

    Args:
        variable: The secret's, without `_FILE`. The file is named by it: in the message, its name could be a secret.
        path: The file; it was opened, so it is no secret pasted in the wrong place.
        status: Of the file as it was opened: a name may mean another file a moment later.
        user: Whose process this is.

    Raises:
        ConfigError: with the command that helps.
    """
    mode = stat.S_IMODE(status.st_mode)
    # Root is judged by what others may do: `sudo tessera check` reads the secrets of the bot's user.
    if user in (status.st_uid, _ROOT) and mode & _NOT_OURS_ALONE:
        raise ConfigError(_SECRET_FOR_OTHERS, variable=variable)
    if user not in (status.st_uid, _ROOT) and (status.st_uid != _ROOT or mode & _BEYOND_ITS_GROUP):
        raise ConfigError(_SECRET_OF_ANOTHER, variable=variable, user=user)
    if stat.S_ISREG(status.st_mode):  # a pipe has no folder
        refuse_shared_folders(f"{variable}_FILE", path, user=user)


def refuse_shared_folders(what: str, path: Path, *, user: int) -> None:
    """Refuse a file that others could replace, in its folder or by another folder above it.

    The folders of the name as it is written are looked at, and those of the file that links lead to.

    Raises:
        ConfigError: with the command that helps.
    """
    for folder in dict.fromkeys((*path.absolute().parents, *Path(os.path.realpath(path)).parents)):
        try:
            status = folder.stat()
        except OSError:  # it is not there yet, or not for us to look at: then nothing in it can be opened either
            continue
        if fault := folder_fault(status, user):
            raise ConfigError(fault, what=what, folder=shlex.quote(str(folder)))


def folder_fault(status: os.stat_result, user: int) -> Message | None:
    """What is wrong with a folder, if others can replace what is in it."""
    # Root may work in anybody's folder: `sudo tessera check` does.
    if user != _ROOT and status.st_uid not in (user, _ROOT):
        return _FOLDER_OF_ANOTHER
    # In a sticky folder such as /tmp nobody can rename or remove what belongs to others.
    if _others_can_write(status) and not status.st_mode & stat.S_ISVTX:
        return _OPEN_FOLDER
    return None


def refuse_file_written_by_others(path: Path, status: os.stat_result) -> None:
    """Refuse a file that others can write; its owner may be anybody.

    Raises:
        ConfigError: with the command that helps.
    """
    if stat.S_ISREG(status.st_mode) and _others_can_write(status):
        raise ConfigError(_OPEN_FILE, path=shlex.quote(str(path)))


def _others_can_write(status: os.stat_result) -> bool:
    if status.st_mode & stat.S_IWOTH:
        return True
    return bool(status.st_mode & stat.S_IWGRP) and status.st_uid != _ROOT and not _is_private_group(status)


def _is_private_group(status: os.stat_result) -> bool:
    """Whether the group is the owner's alone: many systems make one for each user, and let it write by default."""
    try:
        owner, group = pwd.getpwuid(status.st_uid), grp.getgrgid(status.st_gid)
    except KeyError:
        return False
    return owner.pw_name == group.gr_name and owner.pw_gid == group.gr_gid and set(group.gr_mem) <= {owner.pw_name}
