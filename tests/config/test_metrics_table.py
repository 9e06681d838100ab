"""`[metrics]`: only where strangers cannot ask."""

from pathlib import Path

import pytest

from bot.config.metrics_table import MetricsSettings
from bot.config.settings import load
from bot.config.web_table import is_private_address
from bot.errors import ConfigError


def metrics(tmp_path: Path, host: str) -> MetricsSettings:
    path = tmp_path / "config.toml"
    path.write_text(f'[metrics]\nport = 9464\nhost = "{host}"\n', encoding="utf-8")
    return load(path, {}).metrics


def test_there_are_none_without_a_port(tmp_path: Path) -> None:
    assert load(tmp_path / "absent", {}, required=False).metrics.port is None


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "::1", "10.0.0.5", "192.168.1.2", "100.64.0.1", "fd00::1", "0.0.0.0", "::"],  # noqa: S104 - a value that is accepted
)
def test_private_addresses_are_accepted(tmp_path: Path, host: str) -> None:
    assert metrics(tmp_path, host).host == host


@pytest.mark.parametrize("host", ["203.0.113.7", "2001:db8::1", "example.org", "", "8.8.8.8"])
def test_public_ones_are_refused_with_what_is_accepted(tmp_path: Path, host: str) -> None:
    with pytest.raises(ConfigError, match=r"metrics\.host: must be an address of this machine or of a private network"):
        metrics(tmp_path, host)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("::ffff:10.1.2.3", True), ("::ffff:8.8.8.8", False), ("fe80::1%eth0", True), ("x", False)],
)
def test_who_asks_is_near_or_not(host: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_private_address(host) is expected
