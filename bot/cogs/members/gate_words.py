"""Rules and verdicts in sentences, with the names of collections as far as they are known."""

from __future__ import annotations

from collections.abc import Mapping

from bot.gates.describe import rule_words
from bot.gates.explain import verdict_words
from bot.gates.missing import missing
from bot.gates.rule import CollectionRef, Rule
from bot.gates.verdict import Verdict
from bot.messages import Message

_LONGEST = 500
_SENTENCE = Message("{words}.")


class GateWords:
    """Says them.

    Args:
        names: Collection → name, safe to show; one that is missing is called by its id.
    """

    def __init__(self, names: Mapping[CollectionRef, str] | None = None) -> None:
        self._names = names or {}

    def rule(self, rule: Rule) -> str:
        """What a member has to do for a role: "Holds at least 3 different NFTs of Harbour Lights"."""
        return _sentence(rule_words(rule, self._name_of).render())

    def why(self, verdict: Verdict) -> str:
        """Why it is answered as it is: "Holds 1 of 3 different NFTs of Harbour Lights, 2 more are needed"."""
        return _sentence(verdict_words(verdict, self._name_of).render())

    def missing(self, verdict: Verdict) -> str:
        """What is still needed: "2 more of Harbour Lights"; "": nothing that the member could do."""
        words = missing(verdict, self._name_of)
        return _cut(words.render()) if words else ""

    def _name_of(self, collection: CollectionRef) -> str:
        return self._names.get(collection) or f"`{collection}`"


def _sentence(text: str) -> str:
    return _SENTENCE(words=_cut(text[:1].upper() + text[1:])).render()


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
