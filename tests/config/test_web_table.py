"""`[web]`: which proxies can be trusted, and what is refused in their place."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.config.settings import load
from bot.config.web_table import WebSettings
from bot.errors import ConfigError


def web(tmp_path: Path, line: str) -> WebSettings:
    path = tmp_path / "config.toml"
    path.write_text(f"[web]\n{line}\n", encoding="utf-8")
    return load(path, {}).web


@pytest.mark.parametrize(
    "network",
    [
        "127.0.0.1/32",
        "127.0.0.1",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "104.16.0.0/13",
        "::1",
        "fc00::/7",
        "fd00::/8",
        "fe80::/10",
        "2a06:98c0::/29",
    ],
)
def test_a_private_network_and_a_small_public_one_can_be_trusted(tmp_path: Path, network: str) -> None:
    assert web(tmp_path, f'trusted_proxies = ["{network}"]').proxies == (ip_network(network),)


@pytest.mark.parametrize("prefix", range(12))
def test_a_wide_public_network_is_refused(tmp_path: Path, prefix: int) -> None:
    with pytest.raises(ConfigError, match=rf"/{prefix} is too wide.*private networks, and public ones of /12 or smal"):
        web(tmp_path, f'trusted_proxies = ["127.0.0.1/32", "{ip_network(("11.0.0.0", prefix), strict=False)}"]')


@pytest.mark.parametrize(
    "network",
    ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/7", "10.0.0.0/7", "::/1", "2000::/3", "f000::/4"],
)
def test_a_network_with_everybody_in_it_is_refused(tmp_path: Path, network: str) -> None:
    with pytest.raises(ConfigError, match=f"web.trusted_proxies: {network} is too wide, as anyone in it could pretend"):
        web(tmp_path, f'trusted_proxies = ["{network}"]')


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('["10.0.0.1/8"]', "10.0.0.1 is one address in 10.0.0.0/8: write 10.0.0.0/8, or the address without a slash."),
        ('["fd00::1/8"]', "fd00::1 is one address in fd00::/8: write fd00::/8, or the address without a slash."),
        ('["::ffff:0:0/96"]', "a network of IPv4 must be written as such, for example 127.0.0.1/32."),
        ('["::ffff:10.0.0.1"]', "a network of IPv4 must be written as such, for example 127.0.0.1/32."),
        ('["all"]', "must be a network such as 127.0.0.1/32 or fd00::/8, in quotation marks."),
        ("[1]", "must be a network such as 127.0.0.1/32 or fd00::/8, in quotation marks."),
        ('"127.0.0.1/32"', 'must be a list of networks such as ["127.0.0.1/32"], or "none".'),
        ('"None"', 'must be a list of networks such as ["127.0.0.1/32"], or "none".'),
        ("false", 'must be a list of networks such as ["127.0.0.1/32"], or "none".'),
    ],
)
def test_what_is_no_network_gets_the_sentence_that_says_what_is(tmp_path: Path, line: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        web(tmp_path, f"trusted_proxies = {line}")
    assert caught.value.sentence == f"{tmp_path / 'config.toml'}: web.trusted_proxies: {sentence}"


def test_none_is_said_on_purpose_and_trusts_nobody(tmp_path: Path) -> None:
    settings = web(tmp_path, 'trusted_proxies = "none"')
    assert (settings.trusted_proxies, settings.proxies) == ("none", ())


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("", False),
        ("http://localhost:8080", False),
        ("http://127.0.0.1:8080", False),
        ("https://verify.example.org", True),
    ],
)
def test_a_page_is_public_unless_it_is_on_this_machine(tmp_path: Path, url: str, public: bool) -> None:  # noqa: FBT001 - a table's column
    assert web(tmp_path, f'public_url = "{url}"').is_public is public
