"""Secrets come from the environment or from a file it names; an error shows neither of them."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from bot.config.secrets import read_secret
from bot.config.settings import load
from bot.errors import ConfigError

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.canary.Zm9vYmFy"


@pytest.mark.parametrize("value", [TOKEN, f" {TOKEN}\n"])
def test_a_secret_is_read_from_a_variable_or_from_its_file(tmp_path: Path, value: str) -> None:
    file = tmp_path / "secret"
    write_secret(file, value)
    assert read_secret("ARCHIVE_API_KEY", {"ARCHIVE_API_KEY": value}) == TOKEN
    assert read_secret("ARCHIVE_API_KEY", {"ARCHIVE_API_KEY_FILE": str(file)}) == TOKEN
    assert read_secret("DISCORD_TOKEN", {"ARCHIVE_API_KEY_FILE": str(file)}) is None


def write_secret(file: Path, value: str, mode: int = 0o600) -> Path:
    """A secret in a file."""
    file.write_text(value, encoding="utf-8")
    file.chmod(mode)
    return file


def test_a_variable_that_is_not_set_is_no_secret() -> None:
    assert read_secret("DISCORD_TOKEN", {}) is None


VARIABLES = ["DISCORD_TOKEN", "DISCORD_CLIENT_SECRET", "ETH_RPC_URL", "LOOPRING_API_KEY", "ETHEREUM_API_KEY"]


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("value", ["", " ", "\t\n"], ids=["nothing", "a blank", "white space"])
def test_a_secret_that_is_set_to_nothing_is_an_error_and_never_a_weaker_mode(
    tmp_path: Path, variable: str, value: str
) -> None:
    empty = write_secret(tmp_path / "secret", value)
    for environ, sentence in (
        ({variable: value}, f"{variable} is set, but empty: set it to the secret, or unset it to do without."),
        (
            {f"{variable}_FILE": value},
            f"{variable}_FILE is set, but empty: set it to the secret's file, or unset it to do without.",
        ),
        (
            {f"{variable}_FILE": str(empty)},
            f"{variable}_FILE: that file is empty: write the secret to it, or unset the variable to do without.",
        ),
        (
            {f"{variable}_FILE": str(empty), variable: value},
            f"Both {variable} and {variable}_FILE are set: keep one of them.",
        ),
    ):
        with pytest.raises(ConfigError) as caught:
            load(tmp_path / "absent", environ, required=False)
        assert caught.value.sentence == sentence


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666, 0o444, 0o440], ids=oct)
def test_a_secret_file_that_others_can_read_or_write_is_refused_with_the_command_that_helps(
    tmp_path: Path, mode: int
) -> None:
    environ = {"DISCORD_TOKEN_FILE": str(write_secret(tmp_path / "canary", TOKEN, mode))}
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "absent", environ, required=False)
    assert caught.value.sentence == (
        'DISCORD_TOKEN_FILE: other users can read or write that file: run chmod 600 "$DISCORD_TOKEN_FILE".'
    )
    command = caught.value.sentence.partition("run ")[2].removesuffix(".")
    subprocess.run(["sh", "-c", command], env=environ | {"PATH": os.environ["PATH"]}, check=True)  # noqa: S603, S607
    assert read_secret("DISCORD_TOKEN", environ) == TOKEN


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o500], ids=oct)
def test_a_secret_file_for_its_owner_alone_is_read(tmp_path: Path, mode: int) -> None:
    file = write_secret(tmp_path / "secret", TOKEN, mode)
    assert read_secret("DISCORD_TOKEN", {"DISCORD_TOKEN_FILE": str(file)}) == TOKEN


def test_a_link_is_judged_by_the_file_that_it_leads_to(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(write_secret(tmp_path / "secret", TOKEN, 0o644))
    with pytest.raises(ConfigError, match="other users can read or write that file"):
        read_secret("DISCORD_TOKEN", {"DISCORD_TOKEN_FILE": str(link)})
    (tmp_path / "secret").chmod(0o600)
    assert read_secret("DISCORD_TOKEN", {"DISCORD_TOKEN_FILE": str(link)}) == TOKEN


def test_a_pipe_is_read_as_a_file_is() -> None:
    reading, writing = os.pipe()
    os.write(writing, TOKEN.encode())
    os.close(writing)
    try:
        assert read_secret("DISCORD_TOKEN", {"DISCORD_TOKEN_FILE": f"/dev/fd/{reading}"}) == TOKEN
    finally:
        os.close(reading)


def test_settings_read_their_secrets_that_way(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    write_secret(file, f"{TOKEN}\n")
    token = load(tmp_path / "absent", {"DISCORD_TOKEN_FILE": str(file)}, required=False).discord.token
    assert token
    assert token.get_secret_value() == TOKEN


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        (
            {"DISCORD_TOKEN_FILE": "/nonexistent/canary"},
            "DISCORD_TOKEN_FILE: what it names cannot be read: No such file or directory.",
        ),
        (
            {"DISCORD_TOKEN_FILE": "/x", "DISCORD_TOKEN": "canary"},
            "Both DISCORD_TOKEN and DISCORD_TOKEN_FILE are set: keep one of them.",
        ),
        (
            {"DISCORD_TOKEN": "Bot canary"},
            "DISCORD_TOKEN contains spaces or characters that no token has: it was probably pasted wrongly.",
        ),
        (
            {"LOOPRING_API_KEY": "schlüssel-canary"},
            "LOOPRING_API_KEY contains spaces or characters that no token has: it was probably pasted wrongly.",
        ),
    ],
)
def test_an_impossible_secret_is_refused(tmp_path: Path, environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "absent", environ, required=False)
    assert caught.value.sentence == sentence
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, variable: str) -> None:
    file = tmp_path / "token"
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "absent", {f"{variable}_FILE": str(file)}, required=False)
    assert caught.value.sentence == f"{variable}_FILE: {file} cannot be read: No such file or directory."
    file.mkdir(mode=0o700)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "absent", {f"{variable}_FILE": str(file)}, required=False)
    assert caught.value.sentence == f"{variable}_FILE: {file} cannot be read: Is a directory."
    file.rmdir()
    write_secret(file, "").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "absent", {f"{variable}_FILE": str(file)}, required=False)
    assert caught.value.sentence == f"{variable}_FILE: {file} cannot be read: it is no text."


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_file_of_another_user_is_named_with_the_command_that_helps() -> None:
    with tempfile.TemporaryDirectory() as name:  # the folders above `tmp_path` are closed to others
        file = write_secret(Path(name) / "token", TOKEN)
        Path(name).chmod(0o755)
        os.seteuid(10001)
        try:
            with pytest.raises(ConfigError) as caught:
                read_secret("DISCORD_TOKEN", {"DISCORD_TOKEN_FILE": str(file)})
        finally:
            os.seteuid(0)
    assert caught.value.sentence.startswith(
        f"DISCORD_TOKEN_FILE: {file} cannot be read by this user (10001): run chown 10001 "
    )


@pytest.mark.parametrize("value", [TOKEN, f"/{TOKEN}/x", f"https://node.example/{TOKEN}", 5000 * "a"])
def test_a_secret_in_place_of_its_files_name_is_not_shown(value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_secret("DISCORD_TOKEN", {"DISCORD_TOKEN_FILE": value})
    assert "canary" not in str(caught.value)
    assert "aaaa" not in str(caught.value)
