"""What is typed wrongly is said in a sentence, and no key of an Ethereum node is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.main import main
from tests.cli.result import Result, is_one_sentence


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Result:
    """Run a command of `tessera archive`, also one that ends while its arguments are read."""
    try:
        code = main(["archive", *map(str, arguments)])
    except SystemExit as end:
        code = int(end.code or 0)
    return Result(code, *capsys.readouterr())


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--port", "65536", "argument --port: “65536” is no whole number from 0 to 65,535."),
        ("--port", "-1", "argument --port: “-1” is no whole number from 0 to 65,535."),
        ("--port", "9" * 5000, f"argument --port: “{'9' * 23}…” is no whole number from 0 to 65,535."),
        ("--port", "x", "argument --port: “x” is no whole number from 0 to 65,535."),
        ("--host", "", "argument --host: must be the name or the address of a host, such as 127.0.0.1"),
    ],
    ids=["too large", "negative", "endless", "no number", "no host"],
)
def test_a_host_or_port_that_cannot_be_one_is_refused(
    capsys: pytest.CaptureFixture[str], option: str, value: str, words: str
) -> None:
    result = run(capsys, "serve", "any", "--no-key", f"{option}={value}")
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines()[-1] == f"tessera archive serve: error: {words}"


@pytest.mark.parametrize(
    "typed",
    [
        ("--rpc", "https://a.invalid/CANARY1", "https://b.invalid/CANARY2"),
        ("--rpc", "https://a.invalid/CANARY1,", "wss://b.invalid/CANARY2"),
        ("--rpcs=https://b.invalid/CANARY2", "--rpc", ""),
    ],
)
def test_a_key_in_a_url_that_nobody_expected_is_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], typed: tuple[str, ...]
) -> None:
    result = run(capsys, "rebuild", "-o", tmp_path / "new", *typed)
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines()[-1].endswith("error: unrecognized arguments: (a URL)")
    assert "CANARY" not in result.err


def test_nothing_that_is_typed_acts_in_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in run(capsys, "\x1b[2J").err


@pytest.mark.parametrize("url", ["https://[::1/CANARY", "https://h.invalid:99999/CANARY", "https://h.invalid:x/CANARY"])
def test_what_is_no_url_of_a_node_is_refused_without_repeating_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    result = run(capsys, "rebuild", "-o", tmp_path / "new", "--rpc", url)
    assert result.code == 2
    assert is_one_sentence(result)
    assert "CANARY" not in result.err


@pytest.mark.parametrize(
    "again",
    [
        "https://h.invalid/CANARY/",
        "HTTPS://H.INVALID/CANARY",
        "https://h.invalid.:443/CANARY",
        "https://h.invalid/CANARY#x",
    ],
)
def test_one_node_that_is_written_in_two_ways_confirms_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], again: str
) -> None:
    result = run(capsys, "rebuild", "-o", tmp_path / "new", "--rpc", f"https://h.invalid/CANARY,{again}")
    assert result.code == 2
    assert is_one_sentence(result)
    assert "differ" in result.err or "twice" in result.err
    assert "CANARY" not in result.err
