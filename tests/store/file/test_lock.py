"""One Tessera per store."""

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

import bot.store.file.lock
from bot.errors import ConfigError
from bot.store import Store
from bot.store.file.lock import Lock, filesystem

_HOLD = """
import asyncio, sys
from pathlib import Path
from bot.store import Store

async def main():
    store = await Store.open(Path(sys.argv[1]))
    print("open", flush=True)
    sys.stdin.read()

asyncio.run(main())
"""


async def test_a_second_tessera_is_refused_and_the_message_names_the_first(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    store = await Store.open(path)
    with pytest.raises(ConfigError, match=rf"in use by another Tessera \(process {os.getpid()}\). End that one first"):
        await Store.open(path)
    with pytest.raises(ConfigError, match="in use by another Tessera"):
        await Store.open(tmp_path / ".." / tmp_path.name / "t.db")  # the same file, spelt otherwise
    await store.ping()
    await store.close()
    await (await Store.open(path)).close()


async def test_a_lock_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    other = subprocess.Popen(  # noqa: ASYNC220, S603 - the script above; its first line is all that is waited for
        [sys.executable, "-c", _HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdin
    assert other.stdout
    with other.stdin, other.stdout:
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(ConfigError, match=rf"in use by another Tessera \(process {other.pid}\)"):
            await Store.open(path)
        other.send_signal(signal.SIGKILL)
        other.wait()
    await (await Store.open(path)).close()


async def test_a_store_that_could_not_be_opened_is_not_locked(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(ConfigError, match="file is not a database"):
        await Store.open(path)
    path.unlink()
    await (await Store.open(path)).close()


async def test_any_number_of_stores_can_be_in_memory() -> None:
    stores = [await Store.open(None), await Store.open(None)]
    for store in stores:
        await store.ping()
        await store.close()


def test_the_lock_is_the_operators_alone_and_names_the_process(tmp_path: Path) -> None:
    lock = tmp_path / "t.db.lock"
    lock.write_text("123456789012345\n")
    lock.chmod(0o600)
    with Lock.take(tmp_path / "t.db"):
        assert lock.read_text() == f"{os.getpid()}\n"
        assert stat.S_IMODE(lock.stat().st_mode) == 0o600


def failing(code: int) -> type[FileLock]:
    """How files are locked where the system says this to every try."""

    class Failing(FileLock):
        def acquire(self, *_args: Any, **_options: Any) -> Any:
            raise OSError(code, os.strerror(code))

    return Failing


def test_where_files_cannot_be_locked_the_operator_is_warned(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Lock.take(tmp_path / "t.db", kind=failing(errno.ENOLCK)):
        warning = "files cannot be locked here (No locks available): take care that no second Tessera uses it"
        assert warning in caplog.text


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.EIO, errno.ELOOP])
def test_a_lock_that_fails_in_any_other_way_is_no_reason_to_go_on(tmp_path: Path, code: int) -> None:
    with pytest.raises(ConfigError, match=f"the store cannot be written: {os.strerror(code)}. Set "):
        Lock.take(tmp_path / "t.db", kind=failing(code))


def test_a_place_where_no_lock_can_be_written_is_refused() -> None:
    """`/proc` takes no new files, not even root's."""
    with pytest.raises(ConfigError, match=r"^/proc/t\.db: the store cannot be written: .+\. Set \[store\] path\.$"):
        Lock.take(Path("/proc/t.db"))


def test_a_missing_folder_is_not_made_for_a_lock(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"the store cannot be written: No such file or directory\."):
        Lock.take(tmp_path / "missing" / "t.db")
    assert not (tmp_path / "missing").exists()


def test_a_released_lock_can_be_taken_again_and_its_file_stays(tmp_path: Path) -> None:
    for _ in range(2):
        with Lock.take(tmp_path / "t.db"), pytest.raises(ConfigError, match="in use by another Tessera"):
            Lock.take(tmp_path / "t.db")
        assert (tmp_path / "t.db.lock").exists()


def test_on_a_network_the_operator_is_warned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bot.store.file.lock, "filesystem", lambda _path, _mounts: "nfs4")
    with Lock.take(tmp_path / "t.db"):
        assert f"{tmp_path} is on nfs4: a store is only safe on a disk of this machine" in caplog.text


MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:21 / /proc rw,nosuid shared:2 - proc proc rw
40 22 0:35 / /data rw,relatime shared:9 - nfs4 nas:/export/bots rw,vers=4.2
41 40 254:1 / /data/local rw,relatime shared:10 - xfs /dev/vdb rw
42 22 0:36 / /my\\040shares rw,relatime - cifs //nas/share rw
43 22 0:37 / /over rw,relatime - nfs nas:/old rw
44 43 0:38 / /over rw,relatime - tmpfs tmpfs rw
a line of another kind
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/tessera.db", "ext4"),
        ("/data/tessera.db", "nfs4"),
        ("/database/tessera.db", "ext4"),
        ("/data/local/tessera.db", "xfs"),
        ("/my shares/tessera.db", "cifs"),
        ("/over/tessera.db", "tmpfs"),
    ],
)
def test_the_file_system_of_a_path_is_the_one_that_is_mounted_deepest(path: str, kind: str) -> None:
    assert filesystem(Path(path), MOUNTS) == kind


def test_a_list_of_mounts_that_says_nothing_is_no_reason_to_warn() -> None:
    assert filesystem(Path("/data"), "") == ""
