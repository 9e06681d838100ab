"""Who shares an account is never said to be nobody where not all who may were looked up."""

from __future__ import annotations

from bot.cogs.holders.account_finder import FoundMembers, found_embed


def test_nobody_is_said_only_where_all_who_shared_it_were_looked_up() -> None:
    """Anybody may name a known account: twenty who left are no proof that the next one has."""
    nobody = found_embed(FoundMembers([], unseen=0)).description or ""
    assert nobody.startswith("No member of this server shares that account here.")
    more = found_embed(FoundMembers([], unseen=0, more=3)).description or ""
    assert more == "3 more members shared it here when last seen, and were not looked up."
