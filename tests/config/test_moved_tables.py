"""A file of an earlier version gets the sentence that says how to write it now, and that file is then accepted."""

from pathlib import Path

import pytest

from bot.config.settings import load
from bot.errors import ConfigError

ETHEREUM = '[[source]]\nkind = "blockscout"\nname = "ethereum"\nbase_url = "https://x.example/api/v2"\nchain_id = 1\n'
SOURCE = '[loopring] is now a [[source]], with kind = "loopring", name = "loopring"'
IN_DISPLAY = "image_gateways and cache_seconds are in [display]."


def refusal(tmp_path: Path, text: str, **environ: str) -> str:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, environ)
    sentence = caught.value.sentence
    assert sentence.isprintable()
    return sentence.removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[loopring]", f"{SOURCE}; {IN_DISPLAY}"),
        ("loopring = 3", f"{SOURCE}; {IN_DISPLAY}"),
        (
            '[loopring]\nbase_url = "https://mirror.example"\nrequests_per_second = 2\nfallback = "loopring-2026"',
            f'{SOURCE}, base_url = "https://mirror.example", requests_per_second = 2, fallback = "loopring-2026"; '
            + IN_DISPLAY,
        ),
        (
            '[loopring]\ntimeout_seconds = 5.5\nfallback = ""\ncache_seconds = 5\nimage_gateways = ["https://x.example"]',
            f"{SOURCE}, timeout_seconds = 5.5; image_gateways and cache_seconds = 5 are in [display].",
        ),
        ("[loopring]\ncache_seconds = 5", f"{SOURCE}; cache_seconds = 5 is in [display]."),
        (
            f"{ETHEREUM}[loopring]\nrequests_per_second = 2",
            SOURCE.replace("]],", "]], before the others,") + f", requests_per_second = 2; {IN_DISPLAY}",
        ),
        (
            f"{ETHEREUM}[loopring]\ncache_seconds = 5",
            "[loopring] is no table any more: cache_seconds = 5 is in [display] now.",
        ),
        (
            '[loopring]\napi_key = "canary"',
            "loopring.api_key must not be in the file: put it into LOOPRING_API_KEY in the environment.",
        ),
    ],
)
def test_the_old_table_is_refused_with_how_to_write_it_now(tmp_path: Path, text: str, sentence: str) -> None:
    assert refusal(tmp_path, text) == sentence


@pytest.mark.parametrize(
    ("line", "quoted"),
    [
        (r'base_url = "https://me:canary@a.example"', "base_url as it is"),
        (r'base_url = "canary\u001b[2J"', "base_url as it is"),
        (r'base_url = "https://a.example/\"canary"', "base_url as it is"),
        (r'base_url = "https://a.example/canary\n"', "base_url as it is"),
        (r'base_url = ["canary"]', "base_url as it is"),
        (r'fallback = "Canary.pasted.here"', "fallback as it is"),
        (r'requests_per_second = "canary"', "requests_per_second as it is"),
        (r"requests_per_second = true", "requests_per_second as it is"),
    ],
)
def test_a_value_that_may_be_wrong_or_secret_is_not_quoted(tmp_path: Path, line: str, quoted: str) -> None:
    sentence = refusal(tmp_path, f"[loopring]\n{line}")
    assert sentence == f"{SOURCE}, {quoted}; {IN_DISPLAY}"
    assert "canary" not in sentence.lower()


def test_what_the_sentence_recommends_is_accepted(tmp_path: Path) -> None:
    old = '[loopring]\nbase_url = "https://mirror.example"\nrequests_per_second = 2\ncache_seconds = 5'
    source, display = refusal(tmp_path, old).split("; ")
    lines = source.partition(", with ")[2].split(", ")
    text = "\n".join(["[[source]]", *lines, "[display]", display.partition(" is in ")[0]])
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    settings = load(tmp_path / "config.toml", {})
    (table,) = settings.sources
    assert (table.kind, table.name, settings.display.cache_seconds) == ("loopring", "loopring", 5)
    assert "base_url='https://mirror.example'" in repr(table)
