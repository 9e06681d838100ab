"""`docs/hardening.md`: the files in it can be read, fit each other, and name nothing that the bot does not know."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.config.settings import load
from bot.config.start_requirements import unmet_requirements
from tests.supply_chain.locks import PROJECT
from tests.supply_chain.yaml_subset import read_yaml

DEPLOY = PROJECT / "docs" / "deploy"
GUIDE = (PROJECT / "docs" / "hardening.md").read_text(encoding="utf-8")


def deployed(name: str) -> str:
    """A file of docs/deploy."""
    return (DEPLOY / name).read_text(encoding="utf-8")


def without_comments(text: str) -> str:
    """What the small readers of this test understand."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


@pytest.fixture
def compose() -> dict[str, Any]:
    """The compose file."""
    read: dict[str, Any] = read_yaml(without_comments(deployed("compose.yaml")))
    return read


@pytest.fixture
def bot(compose: dict[str, Any]) -> dict[str, Any]:
    """Its service for the bot."""
    service: dict[str, Any] = compose["services"]["tessera"]
    return service


def unit() -> list[tuple[str, str]]:
    """The settings of the unit."""
    lines = without_comments(deployed("tessera.service")).splitlines()
    pairs = [line.partition("=")[::2] for line in lines if line and not line.startswith("[")]
    return [(key, value) for key, value in pairs]


def of_unit(key: str) -> list[str]:
    """All values of a setting of the unit."""
    return [value for name, value in unit() if name == key]


# ---------------------------------------------------------------- the settings in it


SECRETS = {"DISCORD_TOKEN": "a-token", "DISCORD_CLIENT_SECRET": "a-secret"}


@pytest.mark.parametrize("name", ["container.toml", "systemd.toml"])
def test_the_settings_are_accepted_and_the_bot_would_start(tmp_path: Path, name: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(deployed(name), encoding="utf-8")
    settings = load(path, SECRETS)
    assert settings.web.is_public
    assert list(unmet_requirements(settings)) == []


def is_known(variable: str) -> bool:
    """Whether the bot reads a secret from this variable."""
    secrets = load(PROJECT / "absent", {variable: "a-secret"}, required=False).secrets
    return "a-secret" in [secret.get_secret_value() for secret in secrets]


# ---------------------------------------------------------------- Docker


def test_the_container_has_nothing_that_the_bot_does_not_need(bot: dict[str, Any]) -> None:
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert "cap_add" not in bot
    assert bot["security_opt"] == ["no-new-privileges:true"]
    assert bot["user"] == "10001:10001"
    (temporary,) = bot["tmpfs"]
    assert temporary.endswith(":size=64m,mode=1777,noexec,nosuid,nodev")
    assert {"pids_limit", "mem_limit", "cpus"} <= bot.keys()
    assert "ports" not in bot
    assert bot["volumes"] == ["data:/data", "./config.toml:/data/config.toml:ro"]


def test_each_secret_of_the_container_is_one_that_the_bot_reads(compose: dict[str, Any], bot: dict[str, Any]) -> None:
    files = bot["environment"]
    assert all(is_known(variable.removesuffix("_FILE")) for variable in files)
    assert sorted(files.values()) == sorted(f"/run/secrets/{name}" for name in bot["secrets"])
    assert compose["secrets"].keys() == set(bot["secrets"])
    for secret in compose["secrets"].values():  # the commands above make each, and give it to the image's user
        assert secret["file"].removeprefix("./") in GUIDE.partition("chown 10001:10001 ")[2]


def test_the_one_trusted_proxy_is_the_one_that_reaches_the_page(
    tmp_path: Path, compose: dict[str, Any], bot: dict[str, Any]
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(deployed("container.toml"), encoding="utf-8")
    proxy = compose["services"]["caddy"]["networks"]["page"]["ipv4_address"]
    # As the image sets it: the settings need not say it.
    web = load(path, SECRETS | {"TESSERA_WEB_HOST": "0.0.0.0"}).web  # noqa: S104 - the container's
    assert (web.host, [str(network) for network in web.proxies]) == ("0.0.0.0", [f"{proxy}/32"])  # noqa: S104
    assert f"reverse_proxy {bot['networks']['page']['ipv4_address']}:{web.port}" in deployed("Caddyfile")
    assert compose["networks"]["page"]["internal"] is True


def test_the_settings_win_over_what_the_image_sets(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[web]\nhost = "10.0.0.5"\n', encoding="utf-8")
    assert load(path, {"TESSERA_WEB_HOST": "0.0.0.0"}).web.host == "10.0.0.5"  # noqa: S104 - the container's


@pytest.mark.parametrize("path", ["./config.toml", "./docs/deploy/Caddyfile"])
def test_what_is_mounted_is_there_from_the_checkouts_top(compose: dict[str, Any], path: str) -> None:
    mounted = [volume.partition(":")[0] for each in compose["services"].values() for volume in each["volumes"]]
    assert path in mounted
    assert path == "./config.toml" or (PROJECT / path).is_file()
    assert "--project-directory ." in deployed("compose.yaml")


def test_every_proxy_passes_the_host_and_replaces_what_a_visitor_said_of_themselves() -> None:
    nginx = without_comments(deployed("nginx.conf"))
    assert "proxy_set_header Host $host;" in nginx
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    assert "proxy_pass http://127.0.0.1:8080;" in nginx
    balancer = read_yaml(without_comments(deployed("traefik.yaml")))["http"]["services"]["tessera"]["loadBalancer"]
    assert balancer["passHostHeader"] is True
    assert "forwardedHeaders" not in without_comments(deployed("traefik.yaml"))


def test_it_is_stopped_only_after_it_had_the_time_to_end(bot: dict[str, Any]) -> None:
    assert bot["stop_grace_period"] == "30s"
    assert of_unit("TimeoutStopSec") == ["30"]


# ---------------------------------------------------------------- systemd


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("DynamicUser", ["yes"]),
        ("StateDirectory", ["tessera"]),
        ("StateDirectoryMode", ["0700"]),
        ("UMask", ["0077"]),
        ("NoNewPrivileges", ["yes"]),
        ("CapabilityBoundingSet", [""]),
        ("ProtectSystem", ["strict"]),
        ("ProtectHome", ["yes"]),
        ("PrivateTmp", ["yes"]),
        ("PrivateDevices", ["yes"]),
        ("RestrictAddressFamilies", ["AF_INET AF_INET6 AF_UNIX"]),
        ("SystemCallFilter", ["@system-service", "~@privileged"]),
        ("RestartPreventExitStatus", ["2 3"]),
    ],
)
def test_the_unit_takes_away_what_the_bot_does_not_need(key: str, values: list[str]) -> None:
    assert of_unit(key) == values


def test_each_credential_is_a_secret_that_the_bot_reads() -> None:
    loaded = dict(value.split(":") for value in of_unit("LoadCredential"))
    named = dict(value.split("=") for value in of_unit("Environment") if "_FILE=" in value)
    assert all(is_known(variable.removesuffix("_FILE")) for variable in named)
    assert sorted(named.values()) == sorted(f"%d/{name}" for name in loaded)
    assert all(path.startswith("/etc/tessera/secrets/") for path in loaded.values())


def test_the_store_is_in_the_folder_that_systemd_makes() -> None:
    assert f'path = "/var/lib/{of_unit("StateDirectory")[0]}/tessera.db"' in deployed("systemd.toml")


def test_a_reload_asks_the_bot_itself() -> None:
    assert of_unit("ExecReload") == ["kill -HUP $MAINPID"]


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze, which reads the unit as systemd does")
    path = tmp_path / "tessera.service"
    text = deployed("tessera.service").replace("/opt/tessera/.venv/bin/tessera", sys.executable)
    path.write_text(text, encoding="utf-8")
    read = subprocess.run([analyze, "verify", str(path)], capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert (read.returncode, read.stdout + read.stderr) == (0, "")


# ---------------------------------------------------------------- the rest


def test_the_image_that_is_renewed_is_the_one_that_is_used() -> None:
    (tag,) = re.findall(r"imagetools inspect (\S+)", GUIDE)
    assert f"FROM {tag}@sha256:" in (PROJECT / "Dockerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["README.md", "SECURITY.md", "docs/linking.md"])
def test_the_guide_is_linked_where_operators_look(name: str) -> None:
    link = "hardening.md" if name.startswith("docs/") else "docs/hardening.md"
    assert f"]({link})" in (PROJECT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["a:\n  b: 1\n c: 2", "a: 1\na: 2", "a:\nb: 1", "a: [x]", "just words"])
def test_what_is_no_yaml_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's is one, too
        read_yaml(text)
