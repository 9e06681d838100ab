"""`config.example.toml` shows the defaults; each setting is documented there, and each documented setting exists."""

import re
from collections import defaultdict
from pathlib import Path

from pydantic import BaseModel

from bot.config.settings import Settings, load
from bot.config.source_tables import KINDS

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def documented() -> dict[str, set[str]]:
    """Table → the keys in it, commented out or not; a `[[source]]` is named by its kind."""
    found: dict[str, set[str]] = defaultdict(set)
    table, keys = "", set[str]()
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if start := re.fullmatch(r"(?:# )?\[+([a-z]+)\]+", line):
            table, keys = start[1], set()
            found[table] |= keys
        elif key := re.match(r"(?:# )?([a-z_]+) = (.*)", line):
            keys.add(key[1])
            if key[1] == "kind":
                table = re.findall(r'"([a-z]+)"', key[2])[0]
            found[table] |= keys
    del found["source"]  # keys before `kind` are also counted for the kind
    return dict(found)


def existing() -> dict[str, set[str]]:
    """The same, from what the settings accept."""
    tables: dict[str, type[BaseModel]] = {
        name: type(value)
        for name, field in Settings.model_fields.items()
        if isinstance(value := field.default, BaseModel)
    }
    return {
        name: {key for key, field in table.model_fields.items() if not field.exclude}
        for name, table in (tables | KINDS).items()
    }


def test_the_example_is_valid_and_shows_the_defaults() -> None:
    assert load(EXAMPLE, {}) == Settings()


def test_each_setting_is_documented_and_each_documented_setting_exists() -> None:
    assert documented() == existing()


def test_what_is_commented_out_is_valid_too(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    path = tmp_path / "config.toml"
    path.write_text(re.sub(r"^# (?=\[\[|[a-z_]+ = )", "", text, flags=re.MULTILINE), encoding="utf-8")
    assert [table.kind for table in load(path, {}).sources] == ["loopring", "blockscout", "archive"]


def test_the_sources_in_the_readme_are_valid(tmp_path: Path) -> None:
    readme = (EXAMPLE.parent / "README.md").read_text(encoding="utf-8")
    path = tmp_path / "config.toml"
    path.write_text("\n".join(re.findall(r"```\n(\[\[source\]\]\n.*?)```", readme, re.DOTALL)), encoding="utf-8")
    assert [table.name for table in load(path, {}).sources] == ["ethereum", "base", "loopring", "loopring-2026"]
