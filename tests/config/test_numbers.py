"""Every number in the settings has bounds, found by walking them: what is out of these gets a sentence."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.cli.health_check import main as health_check
from bot.config.settings import Settings, load
from bot.config.source_tables import KINDS, is_node_url
from bot.errors import ConfigError

HOSTILE = ("-1", str(2**63), "-99999999999999999999", "9" * 400, "1e999", "-1e300", "nan", "inf", "-inf", '"１２x"')
NEEDED = {
    "loopring": "",
    "blockscout": 'base_url = "https://example.org"\nchain_id = 1\n',
    "archive": 'path = "a.tessera"\n',
}


def is_number(field: FieldInfo) -> bool:
    """Whether a setting is a number, or may be one."""
    return bool({field.annotation, *typing.get_args(field.annotation)} & {int, float})


def numbers() -> Iterator[tuple[str, str, str]]:
    """The head of a table, what else it needs, and a key that takes a number."""
    for name, field in Settings.model_fields.items():
        if isinstance(table := field.default, BaseModel):
            for key, each in type(table).model_fields.items():
                if is_number(each):
                    yield f"[{name}]", "", key
    for kind, model in KINDS.items():
        for key, each in model.model_fields.items():
            if is_number(each):
                yield "[[source]]", f'kind = "{kind}"\nname = "one"\n{NEEDED[kind]}', key


NUMBERS = list(numbers())


def test_the_numbers_are_found() -> None:
    assert {("[sync]", "grace_hours"), ("[web]", "port"), ("[[source]]", "chain_id")} <= {
        (table, key) for table, _, key in NUMBERS
    }


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda typed: typed[:24])
@pytest.mark.parametrize(("table", "needed", "key"), NUMBERS)
def test_a_number_out_of_bounds_gets_a_sentence(table: str, needed: str, key: str, typed: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    lines = [line for line in needed.splitlines() if not line.startswith(f"{key} =")]
    path.write_text("\n".join([table, *lines, f"{key} = {typed}", ""]), encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load(path, {}, required=True)
    assert key in raised.value.sentence
    assert "\n" not in raised.value.sentence
    assert len(raised.value.sentence) < 400


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("[sync]\ngrace_hours = " + "9" * 5000, id="thousands-of-digits"),
        pytest.param("x = " + "[" * 20_000, id="thousands-of-brackets"),
        pytest.param("x = 2026-02-30", id="no-such-day"),
        pytest.param("x = 0000-00-00T00:00:00+99:99", id="no-such-time"),
    ],
)
def test_a_file_that_cannot_be_read_as_toml_gets_a_sentence(content: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(content + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load(path, {}, required=True)


@pytest.mark.parametrize("url", ["https://[::1/", "https://x.example:99999999", "https://x.example:-1", "https://:443"])
def test_a_node_at_a_port_that_there_cannot_be_is_refused(url: str, tmp_path: Path) -> None:
    assert not is_node_url(url)
    with pytest.raises(ConfigError, match="a node of ETH_RPC_URL must be a URL"):
        load(tmp_path / "none.toml", {"ETH_RPC_URL": url}, required=False)


@pytest.mark.parametrize(
    "content",
    ["[web]\nport = 99999999999", "[web]\nport = -1", "[web]\nport = []", "web = 3", "[web]\nport = " + "9" * 5000],
    ids=lambda content: content[:24],
)
def test_the_health_check_says_that_nothing_answers_where_the_port_is_none(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(content + "\n", encoding="utf-8")
    assert health_check([str(path)]) == 1
    assert capsys.readouterr().out.startswith("does not answer: ")
