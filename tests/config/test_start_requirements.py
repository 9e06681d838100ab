"""What keeps the bot from serving members: a page without Discord's login, or behind a proxy that nobody named."""

from pathlib import Path

import pytest

from bot.config.settings import load
from bot.config.start_requirements import unmet_requirements

PAGE = 'public_url = "https://verify.example.org"'
LOCAL = 'public_url = "http://localhost:8080"'
PROXY = 'trusted_proxies = ["127.0.0.1/32"]'
LOGIN = (
    "The page of [web] public_url needs Discord's login: set DISCORD_CLIENT_SECRET, or DISCORD_CLIENT_SECRET_FILE to a "
    'file that contains it; or set [linking] login = "code" if members are to type back a code, which is less safe.'
)
PROXIES = (
    "[web] public_url is public, but trusted_proxies does not say which proxy serves it: set it to the proxy's "
    'address, such as ["127.0.0.1/32"]; or to "none", and all visitors share the limits of one.'
)


def unmet(tmp_path: Path, web: str, linking: str = "", **environ: str) -> list[str]:
    path = tmp_path / "config.toml"
    path.write_text(f"[web]\n{web}\n[linking]\n{linking}\n", encoding="utf-8")
    return [words.render() for words in unmet_requirements(load(path, environ))]


@pytest.mark.parametrize("login", ["", 'login = "required"'], ids=["by default", "said"])
@pytest.mark.parametrize("url", [f"{PAGE}\n{PROXY}", LOCAL], ids=["public", "on this machine"])
def test_a_page_needs_the_client_secret_unless_codes_are_said(tmp_path: Path, login: str, url: str) -> None:
    assert unmet(tmp_path, url, login) == [LOGIN]
    assert unmet(tmp_path, url, login, DISCORD_CLIENT_SECRET="a-secret") == []
    assert unmet(tmp_path, url, 'login = "code"') == []


def test_a_public_page_needs_its_proxy_named_or_none(tmp_path: Path) -> None:
    secret = {"DISCORD_CLIENT_SECRET": "a-secret"}
    assert unmet(tmp_path, PAGE, **secret) == [PROXIES]
    assert unmet(tmp_path, f"{PAGE}\ntrusted_proxies = []", **secret) == [PROXIES]
    assert unmet(tmp_path, f"{PAGE}\n{PROXY}", **secret) == []
    assert unmet(tmp_path, f'{PAGE}\ntrusted_proxies = "none"', **secret) == []
    assert unmet(tmp_path, LOCAL, **secret) == []


def test_everything_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    assert unmet(tmp_path, PAGE) == [LOGIN, PROXIES]


@pytest.mark.parametrize("web", ["", PROXY, 'host = "0.0.0.0"'], ids=["nothing", "a proxy", "health for all"])
def test_without_a_page_nothing_is_needed(tmp_path: Path, web: str) -> None:
    assert unmet(tmp_path, web) == []
