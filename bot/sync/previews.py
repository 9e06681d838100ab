"""What would follow from gates that are not saved yet, for all linked members of a server; changes no role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.gates.facts import NOTHING_HELD, AccountFacts
from bot.gates.gate import Gate, GateDraft, GateState
from bot.gates.rule import CollectionRef
from bot.gates.rule_needs import collections_of, tokens_of, with_aliases
from bot.holdings import Account
from bot.roles.grants import GrantState
from bot.roles.plan import Act, Judged, Patience, Plan, decide
from bot.store import Store
from bot.sync.first_readings import FirstReadings
from bot.sync.gather import Gatherer, GuildGates, MemberFacts
from bot.sync.results import AccountState, Preview

# So many by one question to the store.
_AT_ONCE = 50


class Previews:
    """Makes previews. Every method may raise `StoreError`.

    Args:
        store: Knows the members.
        gatherer: Knows what they hold.
        patience: When misses are enough.
        first: Reads accounts of them that were never read.
        clock: Returns the present as an aware datetime.
    """

    def __init__(
        self,
        store: Store,
        gatherer: Gatherer,
        patience: Patience,
        first: FirstReadings,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._gatherer = gatherer
        self._patience = patience
        self._first = first
        self._clock = clock

    async def preview(
        self,
        guild_id: int,
        drafts: Sequence[GateDraft],
        *,
        aliases: Sequence[Sequence[CollectionRef]] = (),
        parted: Collection[CollectionRef] = (),
        removed: Collection[int] = (),
        resumed: Collection[int] = (),
    ) -> Preview:
        """What would follow if these drafts replaced the gates of their roles.

        Args:
            guild_id: The server.
            drafts: The gates as they would be.
            aliases: Sets of collections that would count as the same, besides those that do already.
            parted: Collections that would stand for themselves first, before these sets are joined.
            removed: Roles whose gates would be removed: their members retain them.
            resumed: Roles whose gates would be paused no longer. By another paused gate nobody gains or loses anything.
        """
        now, version = self._clock(), await self._store.gates.version(guild_id)
        before = await self._gatherer.server(guild_id)
        gates = _as_saved(before, drafts, removed, resumed, now)
        server = replace(before, gates=gates, aliases=_joined(_without(before.aliases, parted), aliases))
        shown = _concerned(before, gates, drafts, removed, [*aliases, parted])
        sets: dict[str, dict[int, list[int]]] = {
            name: defaultdict(list) for name in ("gain", "lose", "unknown", "keep")
        }
        unread: dict[Account, AccountState] = {}
        tokens = with_aliases(tokens_of(gate.rule for gate in gates if gate.role_id in shown), server.aliases)
        untold: set[Account] = set()
        members = await self._store.sync.members.present(guild_id)
        for start in range(0, len(members), _AT_ONCE):
            for known in await self._gatherer.members(server, members[start : start + _AT_ONCE], now, gates=gates):
                plan = decide(known.case(server, now), self._patience)
                unread |= {each.facts.account: each for each in known.accounts if each.facts.otherwise != NOTHING_HELD}
                untold |= {each.facts.account for each in known.accounts if _lacks(each.facts, tokens)}
                for judged in known.judged:
                    if judged.gate.role_id in shown and (name := _outcome(judged, known, plan)):
                        sets[name][judged.gate.role_id].append(known.member.user_id)
                for role_id in known.ledger.keys() & set(removed):
                    sets["keep"][role_id].append(known.member.user_id)
        due = [each for each, its in unread.items() if its.next_at and its.next_at <= now]
        reading = self._first.begin(due, untold, tokens)
        return Preview(
            as_of=now, version=version, unread=len(unread.keys() | untold), reading=reading, untold=len(untold), **sets
        )


def _lacks(facts: AccountFacts, tokens: Collection[CollectionRef]) -> bool:
    """Whether an account holds one of these collections, and its single NFTs were not read: no gate asks for them."""
    its = [held for ref, held in facts.held.items() if ref in tokens]
    return any(held.kinds.low and not held.tokens and not held.has_all_tokens for held in its)


def _as_saved(
    server: GuildGates,
    drafts: Sequence[GateDraft],
    removed: Collection[int],
    resumed: Collection[int],
    now: datetime,
) -> Sequence[Gate]:
    drafted = {draft.role_id: draft for draft in drafts}
    others = [gate for gate in server.gates if gate.role_id not in drafted and gate.role_id not in removed]
    ids = {gate.role_id: gate.gate_id for gate in server.gates}
    paused = {gate.role_id for gate in server.gates if gate.state is GateState.PAUSED}.difference(resumed)
    states = dict.fromkeys(paused, GateState.PAUSED)
    new = [
        Gate(ids.get(role_id, -number), server.guild_id, draft, states.get(role_id, GateState.ACTIVE), now, now)
        for number, (role_id, draft) in enumerate(drafted.items(), start=1)
    ]
    return [*others, *new]


def _without(
    aliases: Mapping[CollectionRef, Sequence[CollectionRef]], parted: Collection[CollectionRef]
) -> Mapping[CollectionRef, Sequence[CollectionRef]]:
    """Which collections count as the same once these stand for themselves."""
    return {
        collection: tuple(each for each in same if each not in parted)
        for collection, same in aliases.items()
        if collection not in parted
    }


def _joined(
    aliases: Mapping[CollectionRef, Sequence[CollectionRef]], more: Sequence[Sequence[CollectionRef]]
) -> Mapping[CollectionRef, tuple[CollectionRef, ...]]:
    """Which collections count as the same once these sets are joined with those that there are."""
    joined = {collection: frozenset(same) for collection, same in aliases.items()}
    for each in more:
        same = frozenset(each).union(*(joined.get(collection, ()) for collection in each))
        joined |= dict.fromkeys(same, same)
    return {collection: tuple(sorted(same)) for collection, same in joined.items()}


def _concerned(
    before: GuildGates,
    gates: Sequence[Gate],
    drafts: Sequence[GateDraft],
    removed: Collection[int],
    aliases: Sequence[Collection[CollectionRef]],
) -> frozenset[int]:
    """The roles for which something may follow."""
    aliased = {collection for each in aliases for collection in each}
    aliased |= {same for collection in aliased for same in before.aliases.get(collection, ())}
    ladders = {gate.draft.ladder for gate in before.gates if gate.role_id in removed} - {""}
    changed = {draft.role_id for draft in drafts}
    return frozenset(
        gate.role_id
        for gate in gates
        if gate.role_id in changed or gate.draft.ladder in ladders or aliased.intersection(collections_of(gate.rule))
    )


def _outcome(judged: Judged, known: MemberFacts, plan: Plan) -> str:
    """In which list a member is for a role; "": in none."""
    role_id = judged.gate.role_id
    grant = known.ledger.get(role_id)
    if judged.gate.state is GateState.PAUSED:
        return "keep" if grant else ""
    acts = {change.act for change in plan.changes if change.gate.role_id == role_id}
    if Act.ADD in acts:
        return "gain"
    if Act.REMOVE in acts:  # a higher role of its ladder replaces it
        return "lose"
    if grant is None:
        return "unknown" if not judged.verdict.is_granted and not judged.verdict.is_denied else ""
    may_take = grant.state is not GrantState.FOUND and not judged.gate.draft.never_remove
    if judged.verdict.is_denied and may_take:
        return "lose"
    return "keep" if judged.verdict.is_granted or judged.verdict.is_denied else "unknown"
