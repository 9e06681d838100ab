"""`[webhooks]` and its key: no short key, no key in the file, no network that is everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config.settings import Settings, load
from bot.errors import ConfigError

KEY = "a-key-of-more-than-thirty-two-characters"


def loaded(folder: Path, text: str, **environ: str) -> Settings:
    path = folder / "config.toml"
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return load(path, environ)


def test_the_key_comes_from_the_environment_and_is_never_shown(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "", WEBHOOK_KEY=KEY)
    assert settings.webhooks.key
    assert settings.webhooks.key.get_secret_value() == KEY
    assert settings.webhooks.key in settings.secrets
    assert KEY not in repr(settings)
    assert KEY not in settings.model_dump_json()


def test_without_a_key_there_is_none(tmp_path: Path) -> None:
    assert loaded(tmp_path, "").webhooks.key is None


def test_a_short_key_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the key in WEBHOOK_KEY must have 32 or more random characters") as refused:
        loaded(tmp_path, "", WEBHOOK_KEY="short-and-guessable")
    assert "guessable" not in refused.value.sentence


def test_a_key_in_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="put it into WEBHOOK_KEY"):
        loaded(tmp_path, f'[webhooks]\nkey = "{KEY}"')


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0"])
def test_all_addresses_are_no_network_of_ones_own(tmp_path: Path, network: str) -> None:
    with pytest.raises(ConfigError, match="networks of your own, not all addresses"):
        loaded(tmp_path, f'[webhooks]\nallowed_networks = ["{network}"]')


def test_a_network_that_servers_can_reach_is_said_at_the_start(tmp_path: Path) -> None:
    assert list(loaded(tmp_path, "").webhooks.dangers()) == []
    (danger,) = loaded(tmp_path, '[webhooks]\nallowed_networks = ["10.0.5.0/24"]').webhooks.dangers()
    assert "can have requests sent to 10.0.5.0/24" in danger.render()
