"""Who else may write a file or read a secret: the owner, the mode, and the folders above."""

import grp
import os
import pwd
import stat
from pathlib import Path

import pytest

from bot.config.private_files import folder_fault, refuse_shared_folders, refuse_shared_secret
from bot.config.settings import load
from bot.errors import ConfigError

ROOT, US, ANOTHER = 0, 10001, 4242


def status(mode: int, owner: int, group: int = 9, kind: int = stat.S_IFREG) -> os.stat_result:
    """What the system would say about a file."""
    return os.stat_result((kind | mode, 0, 0, 1, owner, group, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("mode", "owner", "user"),
    [
        pytest.param(0o600, US, US, id="ours"),
        pytest.param(0o400, US, US, id="ours, as systemd writes one without access lists"),
        pytest.param(0o440, ROOT, US, id="root's with an access list for us, as systemd writes a credential"),
        pytest.param(0o640, ROOT, US, id="root's, for the group of a service"),
        pytest.param(0o400, ROOT, ROOT, id="root's, for root"),
        pytest.param(0o600, US, ROOT, id="the bot's, checked by root"),
    ],
)
def test_a_secret_of_ours_alone_or_from_root_is_accepted(tmp_path: Path, mode: int, owner: int, user: int) -> None:
    pipe = status(mode, owner, kind=stat.S_IFIFO)  # it has no folders, which here belong to the user who runs the tests
    refuse_shared_secret("DISCORD_TOKEN", tmp_path / "secret", pipe, user=user)


@pytest.mark.parametrize(
    ("mode", "owner", "user"),
    [
        pytest.param(0o600, ANOTHER, US, id="of another user"),
        pytest.param(0o444, ROOT, US, id="root's for everybody, as Docker mounts one"),
        pytest.param(0o660, ROOT, US, id="root's, which a group may write"),
        pytest.param(0o642, ROOT, US, id="root's, which everybody may write"),
    ],
)
def test_a_secret_of_another_user_or_of_root_for_everybody_is_refused(
    tmp_path: Path, mode: int, owner: int, user: int
) -> None:
    with pytest.raises(ConfigError) as caught:
        refuse_shared_secret("DISCORD_TOKEN", tmp_path / "secret", status(mode, owner), user=user)
    assert caught.value.sentence == (
        "DISCORD_TOKEN_FILE: another user owns that file, or root for all to read: run "
        f'chown {user} "$DISCORD_TOKEN_FILE" && chmod 400 "$DISCORD_TOKEN_FILE".'
    )


@pytest.mark.parametrize("mode", [0o440, 0o640])
def test_a_group_may_read_only_what_root_gave_it(tmp_path: Path, mode: int) -> None:
    for owner, user in ((US, US), (ROOT, ROOT), (US, ROOT)):  # the last: `sudo tessera check`
        with pytest.raises(ConfigError, match="chmod 600"):
            refuse_shared_secret("DISCORD_TOKEN", tmp_path / "secret", status(mode, owner), user=user)


def test_a_secret_whose_folder_others_may_write_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    secret = folder / "secret"
    secret.write_text("a-secret", encoding="utf-8")
    secret.chmod(0o600)
    environ = {"DISCORD_TOKEN_FILE": str(secret)}
    folder.chmod(0o707)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "absent", environ, required=False)
    assert caught.value.sentence == (
        f"DISCORD_TOKEN_FILE: other users can write in the folder '{folder}': run chmod go-w '{folder}'."
    )
    folder.chmod(0o755)
    assert load(tmp_path / "absent", environ, required=False).discord.token


# ---------------------------------------------------------------- folders


def refused(path: Path) -> str:
    """Why a file could be replaced; "" where it could not."""
    try:
        refuse_shared_folders("that", path, user=os.geteuid())
    except ConfigError as error:
        return error.sentence
    return ""


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder that everybody may write."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


def test_a_folder_far_above_counts_too(shared: Path) -> None:
    folder = shared / "mine" / "deeper"
    folder.mkdir(parents=True)
    assert refused(folder / "file") == f"that: other users can write in the folder {shared}: run chmod go-w {shared}."


def test_both_ends_of_a_link_count(tmp_path: Path, shared: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    (shared / "link").symlink_to(private / "file")
    (private / "link").symlink_to(shared / "file")
    assert refused(shared / "link")
    assert refused(private / "link")
    assert refused(private / "file") == ""


def test_in_a_sticky_folder_nobody_replaces_what_belongs_to_others(shared: Path) -> None:
    shared.chmod(0o1777)
    assert refused(shared / "file") == ""


def test_a_path_within_the_present_folder_is_judged_by_where_that_is(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shared)
    assert refused(Path("tessera.db"))


@pytest.mark.parametrize(
    ("mode", "owner", "user", "words"),
    [
        pytest.param(0o755, US, US, "", id="ours"),
        pytest.param(0o755, ROOT, US, "", id="root's"),
        pytest.param(0o755, ANOTHER, US, "belongs to another user", id="of another user"),
        pytest.param(0o755, ANOTHER, ROOT, "", id="of a user, for root"),
        pytest.param(0o777, ROOT, US, "can write in", id="root's for everybody"),
        pytest.param(0o775, ROOT, US, "", id="root's for a group"),
        pytest.param(0o775, US, US, "can write in", id="ours for a group"),
        pytest.param(0o777, ANOTHER, ROOT, "can write in", id="of a user for everybody, for root"),
    ],
)
def test_a_folder_is_judged_by_its_owner_and_who_may_write(mode: int, owner: int, user: int, words: str) -> None:
    fault = folder_fault(status(mode, owner, kind=stat.S_IFDIR), user)
    text = fault.text if fault else ""
    assert words in text if words else text == ""


def private_group() -> tuple[int, int]:
    """A user of this machine, not root, whose group has the user's name and no other member."""
    for user in pwd.getpwall():
        try:
            group = grp.getgrgid(user.pw_gid)
        except KeyError:
            continue
        if user.pw_uid != ROOT and group.gr_name == user.pw_name and not group.gr_mem:
            return user.pw_uid, user.pw_gid
    raise AssertionError("no user of this machine has a group of its own")


def test_a_group_with_no_other_member_is_nobody_else() -> None:
    user, group = private_group()
    own = status(0o775, user, group, stat.S_IFDIR)
    assert folder_fault(own, user) is None
    assert folder_fault(status(0o777, user, group, stat.S_IFDIR), user) is not None
    assert folder_fault(status(0o775, user, ROOT, stat.S_IFDIR), user) is not None


# ---------------------------------------------------------------- the settings


@pytest.mark.parametrize("mode", [0o646, 0o666, 0o602], ids=oct)
def test_a_settings_file_that_others_may_write_is_refused_as_it_says_where_secrets_go(
    tmp_path: Path, mode: int
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[log]", encoding="utf-8")
    path.chmod(mode)
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert caught.value.sentence == f"{path}: other users can write this file: run chmod go-w {path}."
    path.chmod(0o644)
    assert load(path, {})


def test_settings_whose_folder_others_may_write_are_refused(shared: Path) -> None:
    path = shared / "config.toml"
    path.write_text("[log]", encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert caught.value.sentence == f"{path}: other users can write in the folder {shared}: run chmod go-w {shared}."
    shared.chmod(0o755)
    assert load(path, {})


def test_a_device_can_be_the_settings() -> None:
    assert load(Path("/dev/null"), {})
