"""Secrets come from the environment or from a file it names; an error shows neither of them."""

from pathlib import Path

import pytest

from bot.config.secrets import read_secret
from bot.config.settings import load
from bot.errors import ConfigError

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.canary.Zm9vYmFy"


@pytest.mark.parametrize("value", [TOKEN, f" {TOKEN}\n"])
def test_a_secret_is_read_from_a_variable_or_from_its_file(tmp_path: Path, value: str) -> None:
    file = tmp_path / "secret"
    file.write_text(value, encoding="utf-8")
    assert read_secret("ARCHIVE_API_KEY", {"ARCHIVE_API_KEY": value}) == TOKEN
    assert read_secret("ARCHIVE_API_KEY", {"ARCHIVE_API_KEY_FILE": str(file)}) == TOKEN
    assert read_secret("DISCORD_TOKEN", {"ARCHIVE_API_KEY_FILE": str(file)}) is None


@pytest.mark.parametrize("environ", [{}, {"DISCORD_TOKEN": ""}, {"DISCORD_TOKEN": " "}, {"DISCORD_TOKEN_FILE": ""}])
def test_an_empty_variable_is_no_secret(environ: dict[str, str]) -> None:
    assert read_secret("DISCORD_TOKEN", environ) is None


def test_settings_read_their_secrets_that_way(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{TOKEN}\n", encoding="utf-8")
    token = load(tmp_path / "absent", {"DISCORD_TOKEN_FILE": str(file)}, required=False).discord.token
    assert token
    assert token.get_secret_value() == TOKEN


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        (
            {"DISCORD_TOKEN_FILE": "/nonexistent/canary"},
            "DISCORD_TOKEN_FILE: that file cannot be read: FileNotFoundError.",
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
