"""A file of gates, as `/gate import` reads it."""

from __future__ import annotations

import threading

import pytest

from bot.cogs.gates.gate_files import read_apart
from bot.gates.rule import Rule
from tests.gates.test_gate_file import NAMES, read_rule

TABLE, FILE = "role,collection\nWhale,254\n", "tessera: 1\ngates:\n- {role: Whale, rule: '254'}\n"


@pytest.mark.parametrize("text", [TABLE, FILE])
async def test_a_file_is_read_while_others_are_answered(text: str) -> None:
    threads = set[int]()

    def noting(typed: str) -> Rule:
        threads.add(threading.get_ident())
        return read_rule(typed)

    read = await read_apart(text.encode(), noting, NAMES)
    assert [gate.role for gate in read.gates] == ["Whale"]
    assert threads
    assert threading.get_ident() not in threads
