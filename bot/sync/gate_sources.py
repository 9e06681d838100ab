"""Which networks a gate asks about, and of which of them no source here knows anything."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.gates.rule import Rule
from bot.gates.rule_needs import Aliases, each_rule, networks_of


@dataclass(frozen=True, slots=True)
class AskedNetworks:
    """What a rule asks about.

    Attributes:
        named: The networks that it names, or that are named by what counts as the same.
        is_everything: It asks about all collections too, of whatever network.
    """

    named: frozenset[str]
    is_everything: bool

    def without_source(self, networks: Collection[str]) -> frozenset[str]:
        """Those of the named ones that are not among the networks of the configured sources."""
        return self.named - frozenset(networks)

    def rests_on(self, network: str) -> bool:
        """Whether what is held there may matter to it."""
        return self.is_everything or network in self.named


def asked_networks(rule: Rule, aliases: Aliases) -> AskedNetworks:
    """What a rule asks about in a server with these aliases."""
    asked = [networks_of(part, aliases) for part in each_rule(rule)]
    named = frozenset(network for each in asked if each is not None for network in each)
    return AskedNetworks(named, is_everything=None in asked)
