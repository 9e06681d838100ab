"""The first step: all that is decided from, for one member of one server, from the store. Sends nothing."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.gates.facts import NOTHING_HELD, AccountFacts, Facts
from bot.gates.gate import Gate, GateState, GuildSettings
from bot.gates.judge import judge
from bot.gates.patience import Patience
from bot.gates.rule import CollectionRef, Rule
from bot.gates.rule_moments import is_timed, next_moment, proof_end
from bot.gates.rule_needs import collections_of
from bot.gates.storage import to_json
from bot.holdings import Account
from bot.linking.vouching import ProvenHere
from bot.links import InGuild, cool_down_over
from bot.roles.grants import Grant, GrantState, Misses
from bot.roles.plan import Case, HoldCode, Judged
from bot.store import Store
from bot.store.sync.sync_member import SyncMember
from bot.sync.evidence import evidence_at, in_whole_seconds, is_denied_unread
from bot.sync.gate_sources import AskedNetworks, asked_networks
from bot.sync.not_judged import not_judged
from bot.sync.readings import Readings
from bot.sync.results import AccountState
from bot.text import safe_text

_NAME = 80


@dataclass(frozen=True, slots=True)
class GuildGates:
    """A server, as its gates see it.

    Attributes:
        guild_id: The server.
        gates: Its gates.
        settings: What its admins have set.
        aliases: Which collections count as the same there.
        names: Of the collections that its gates name, as far as they are known; upstream's.
    """

    guild_id: int
    gates: Sequence[Gate]
    settings: GuildSettings
    aliases: Mapping[CollectionRef, tuple[CollectionRef, ...]] = field(default_factory=dict)
    names: Mapping[CollectionRef, str] = field(default_factory=dict)

    def name_of(self, collection: CollectionRef) -> str:
        """A collection's name, safe to show; its id, where no name is known."""
        name = self.names.get(collection)
        return safe_text(name, _NAME) if name else str(collection)

    @property
    def active(self) -> Sequence[Gate]:
        """The gates that give and take."""
        return [gate for gate in self.gates if gate.state is GateState.ACTIVE]


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """What is known of one member of one server.

    Attributes:
        member: The member.
        accounts: Their accounts that count there.
        judged: Each gate's answer.
        ledger: Role → grant.
        misses: Gate → misses, of the rule as it is now.
        missed: The gates of which any are stored, of whatever rule.
    """

    member: SyncMember
    accounts: Sequence[AccountState]
    judged: Sequence[Judged]
    ledger: Mapping[int, Grant]
    misses: Mapping[int, Misses]
    missed: frozenset[int] = frozenset()

    @property
    def latest_proof(self) -> datetime | None:
        """When the latest of their proofs was made; None: they have none."""
        return max((each.facts.proven_at for each in self.accounts if each.facts.is_certain), default=None)

    @property
    def is_in_doubt(self) -> bool:
        """Whether it is unknown if they still earn a role that may be taken from them."""
        return any(
            not (each.verdict.is_granted or (each.verdict.is_denied and each.evidence_at))
            for each in self.judged
            if (grant := self.ledger.get(each.gate.role_id)) and grant.state is not GrantState.FOUND
            if each.gate.state is GateState.ACTIVE and not each.gate.draft.never_remove
        )

    @property
    def is_as_judged(self) -> bool:
        """Whether they were judged by all that is known of their accounts, and without a doubt.

        Only then what they no longer earn is the cost of what they did since: what came later may be a false answer.
        """
        return not self.accounts or not self.member.in_doubt

    def case(
        self,
        server: GuildGates,
        now: datetime,
        *,
        roles: frozenset[int] | None = None,
        own_act: bool = False,
        removals_held: Mapping[int, HoldCode] | None = None,
        is_protected: bool = False,
    ) -> Case:
        """What is decided from."""
        return Case(
            user_id=self.member.user_id,
            now=now,
            settings=server.settings,
            judged=self.judged,
            ledger=self.ledger,
            misses=self.misses,
            roles=roles,
            own_act=own_act and self.is_as_judged,
            removals_held=removals_held or {},
            is_protected=is_protected,
            warned_proof=self.member.warned_proof,
        )


class Gatherer:
    """Gathers. Every method may raise `StoreError`.

    Args:
        store: Where everything is.
        proven: Which accounts are whose.
        readings: What is known of accounts.
        grace: Of a server that has set nothing else.
        patience: What ends a time for which something was held.
    """

    def __init__(
        self,
        store: Store,
        proven: ProvenHere,
        readings: Readings,
        grace: timedelta,
        patience: Patience | None = None,
    ) -> None:
        self._store = store
        self._proven = proven
        self._readings = readings
        self._default = GuildSettings(grace=grace)
        self._patience = patience or Patience()

    async def server(self, guild_id: int) -> GuildGates:
        """A server's gates and settings as they are now."""
        gates = await self._store.gates.of_guild(guild_id)
        named = {collection for gate in gates for collection in collections_of(gate.rule)}
        return GuildGates(
            guild_id,
            gates,
            await self._store.guild_settings.of(guild_id, self._default),
            await self._store.gates.aliases(guild_id),
            await self._store.readings.names_of(named) if named else {},
        )

    async def member(
        self,
        server: GuildGates,
        member: SyncMember,
        now: datetime,
        *,
        without: Collection[str] | None = (),
    ) -> MemberFacts:
        """What is known of a member; see `members`."""
        (known,) = await self.members(server, [member], now, without=without)
        return known

    async def members(
        self,
        server: GuildGates,
        members: Sequence[SyncMember],
        now: datetime,
        *,
        gates: Sequence[Gate] | None = None,
        without: Collection[str] | None = (),
    ) -> Sequence[MemberFacts]:
        """What is known of members, by as few questions to the store as one of them takes.

        Args:
            server: Their server.
            members: The members.
            now: The present.
            gates: Judge these instead of the server's gates.
            without: As if these accounts (None: all) were not theirs.
        """
        gates = server.gates if gates is None else gates
        user_ids = [member.user_id for member in members]
        scopes = {member.user_id: InGuild(server.guild_id, member.joined_at) for member in members}
        accounts = await self._accounts(server, scopes, without)
        misses = await self._store.sync.misses.of_members(server.guild_id, user_ids)
        ledger = await self._store.sync.ledger.of_members(server.guild_id, user_ids)
        asked = [asked_networks(gate.rule, server.aliases) for gate in gates]
        digests = {gate.gate_id: digest(gate.rule) for gate in gates}
        timed = {gate.gate_id for gate in gates if is_timed(gate.rule)}
        found = []
        for member in members:
            await asyncio.sleep(0)  # judging one takes half a millisecond, and commands are answered meanwhile
            user_id = member.user_id
            facts = Facts(now, tuple(state.facts for state in accounts[user_id]), server.aliases, self._patience)
            young = await self._young(server, scopes[user_id], user_id, gates, now)
            stored = misses.get(user_id, {})
            found.append(
                MemberFacts(
                    member=member,
                    accounts=accounts[user_id],
                    judged=[
                        _judged(gate, facts, young, its, is_timed=gate.gate_id in timed)
                        for gate, its in zip(gates, asked, strict=True)
                    ],
                    ledger=ledger.get(user_id, {}),
                    misses={key: each for key, (each, rule) in stored.items() if rule in ("", digests.get(key, ""))},
                    missed=frozenset(stored),
                )
            )
        return found

    async def accounts(self, server: GuildGates, scope: InGuild, user_id: int) -> Sequence[AccountState]:
        """A member's accounts that count in a server."""
        return (await self._accounts(server, {user_id: scope}))[user_id]

    async def _accounts(
        self, server: GuildGates, scopes: Mapping[int, InGuild], without: Collection[str] | None = ()
    ) -> Mapping[int, Sequence[AccountState]]:
        if without is None:
            return dict.fromkeys(scopes, ())
        kept_out = await self._store.keep_outs.of_members(list(scopes), server.guild_id)
        excluded = server.settings.excluded_accounts
        return {
            user_id: [
                replace(state, facts=_without(state.facts, server.settings.excluded_collections))
                for state in states
                if state.facts.account not in kept_out.get(user_id, frozenset()) | excluded
                and str(state.facts.account) not in without
            ]
            for user_id, states in (await self._readings.facts_of_members(scopes)).items()
        }

    async def _young(
        self, server: GuildGates, scope: InGuild, user_id: int, gates: Iterable[Gate], now: datetime
    ) -> frozenset[Account]:
        """Accounts that may not earn a sensitive role yet; none where no gate is sensitive."""
        if not any(gate.draft.is_sensitive for gate in gates):
            return frozenset()
        proven, span = await self._proven.of(user_id, scope), server.settings.cool_down
        return frozenset(account for account, its in proven.accounts.items() if not cool_down_over(its, now, span))


def digest(rule: Rule) -> str:
    """Names a rule: misses of another rule do not count."""
    return hashlib.sha256(to_json(rule).encode()).hexdigest()[:16]


def _judged(gate: Gate, facts: Facts, young: frozenset[Account], asked: AskedNetworks, *, is_timed: bool) -> Judged:
    try:
        return _answer(gate, facts, young, asked, is_timed=is_timed)
    except Exception as error:  # noqa: BLE001 - it is logged, and the member's other gates go on
        return not_judged(gate, error)


def _answer(gate: Gate, facts: Facts, young: frozenset[Account], asked: AskedNetworks, *, is_timed: bool) -> Judged:
    verdict = judge(gate.rule, facts)
    in_cool_down = False
    if gate.draft.is_sensitive and verdict.is_granted and young:
        older = tuple(account for account in facts.accounts if account.account not in young)
        in_cool_down = not judge(gate.rule, replace(facts, accounts=older)).is_granted
    needs_readings = not (verdict.is_denied and is_denied_unread(gate.rule, facts))
    return Judged(
        gate,
        verdict,
        evidence_at(gate.rule, verdict, facts, asked) if needs_readings else in_whole_seconds(facts.now),
        in_cool_down,
        proof_end=proof_end(gate.rule, facts) if is_timed and not verdict.is_denied else None,
        changes_at=next_moment(gate.rule, facts) if is_timed else None,
        needs_readings=needs_readings,
    )


def _without(facts: AccountFacts, collections: Collection[CollectionRef]) -> AccountFacts:
    if not collections:
        return facts
    return replace(facts, held={**facts.held, **dict.fromkeys(collections, NOTHING_HELD)})
