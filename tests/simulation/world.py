"""The truth: who holds how much, in which accounts; and the server's gates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from bot.gates.gate import Gate, GateDraft, GateState
from bot.gates.rule import CollectionRef, Holds
from bot.holdings import Collection
from tests.simulation.faults import Faults
from tests.simulation.history import History
from tests.simulation.scenario import DAY, Scenario

START = datetime(2026, 1, 1, tzinfo=UTC)
GUILD = 7
LADDER = "tier"
_SPARES = 60_000  # accounts from here on never hold anything
COLLECTION = Collection("loopring", "254")
REF = CollectionRef("loopring", "254")


@dataclass(slots=True)
class Holder:
    """A member with their accounts: account id → how many NFTs it truly holds."""

    user_id: int
    accounts: dict[str, int]
    is_linked: bool = True

    @property
    def kinds(self) -> int:
        """All that counts for them."""
        return sum(self.accounts.values()) if self.is_linked else 0


def gates_of(scenario: Scenario) -> tuple[Gate, ...]:
    """One gate, or a ladder of three; where there are several servers, they take turns."""
    gates: list[Gate] = []
    for number in range(scenario.guilds):
        has_ladder = scenario.tiers is (number % 2 == 0)
        ladder = LADDER if has_ladder else ""
        for rank, least in enumerate((1, 3, 10) if has_ladder else (1,), 1):
            gate_id = len(gates) + 1
            draft = GateDraft(gate_id * 100, Holds(REF, least=least), ladder=ladder, rank=rank)
            gates.append(Gate(gate_id, GUILD + number, draft, GateState.ACTIVE, START, START))
    return tuple(gates)


def least_of(gate: Gate) -> int:
    """How many NFTs a gate of this world asks for."""
    rule = gate.rule
    assert isinstance(rule, Holds)
    return rule.least


@dataclass(slots=True)
class World:
    """The members, and what becomes of what they hold."""

    scenario: Scenario
    faults: Faults
    random: Random
    history: History
    holders: dict[int, Holder] = field(default_factory=dict)
    gates: tuple[Gate, ...] = ()
    changes: int = 0  # how often what somebody holds, or has linked, changed
    changed_at: dict[int, int] = field(default_factory=dict)  # member → when what they hold changed last

    def __post_init__(self) -> None:
        self.gates = gates_of(self.scenario)
        for number in range(1, self.scenario.holders + 1):
            ids = [str(10_000 + number)] + ([str(50_000 + number)] if number % 10 == 0 else [])
            self.holders[number] = Holder(number, {account_id: self._some() for account_id in ids})
            for spare in range(self.scenario.spares):
                self.holders[number].accounts[str(_SPARES + 1_000 * spare + number)] = 0

    @property
    def guild_ids(self) -> range:
        """The servers."""
        return range(GUILD, GUILD + self.scenario.guilds)

    def gates_in(self, guild_id: int) -> list[Gate]:
        """The gates of a server, the highest last."""
        return [gate for gate in self.gates if gate.guild_id == guild_id]

    def earned(self, user_id: int, guild_id: int) -> Gate | None:
        """The gate whose role a member is to have in a server, in truth."""
        gates = reversed(self.gates_in(guild_id))
        return next((gate for gate in gates if self.deserves(user_id, gate)), None)

    def deserves(self, user_id: int, gate: Gate) -> bool:
        """Whether a member truly qualifies for a gate."""
        return self.holders[user_id].kinds >= least_of(gate)

    def step(self, minute: int) -> Iterator[int]:
        """Let a minute pass: members sell and buy; yields those who unlink."""
        rates = self.scenario.rates
        # One draw for the whole server and minute: on average as many as if each member drew.
        for chance, act in (
            (rates.sells_a_day, self._sell),
            (rates.buys_a_day / 10, self._buy),
        ):
            if self.random.random() < chance * len(self.holders) / DAY:
                act(minute, self._anybody())
        if minute == self.faults.wave_at:
            owners = [each.user_id for each in self.holders.values() if each.kinds]
            for user_id in self.random.sample(owners, int(len(owners) * rates.wave)):
                self._sell(minute, user_id)
        if self.faults.draws(rates.unlinks_a_day * len(self.holders) / DAY, minute):
            yield from self._unlink(minute, self._anybody())

    def drop_spares(self, minute: int) -> Iterator[tuple[int, str]]:
        """Members unlink an account that held nothing; whatever they lose then is no cost of it."""
        chance = self.scenario.rates.drops_spare_a_day * len(self.holders) / DAY
        if chance and self.faults.draws(chance, minute):
            holder = self.holders[self._anybody()]
            spares = [each for each in holder.accounts if int(each) >= _SPARES]
            if holder.is_linked and spares:
                del holder.accounts[spares[0]]
                self.changes += 1
                yield holder.user_id, spares[0]

    def _anybody(self) -> int:
        return self.random.randint(1, len(self.holders))

    def _some(self) -> int:
        return self.random.choice((1, 1, 2, 3, 4, 12))

    def _sell(self, minute: int, user_id: int) -> None:
        holder = self.holders[user_id]
        parts = self.scenario.tiers and self.random.random() < 0.5
        for account_id, kinds in holder.accounts.items():
            holder.accounts[account_id] = kinds // 3 if parts else 0
        self._note_losses(minute, user_id)

    def _buy(self, minute: int, user_id: int) -> None:
        holder = self.holders[user_id]
        if holder.is_linked and not holder.kinds:
            holder.accounts[next(iter(holder.accounts))] = self._some()
            self._note_losses(minute, user_id)

    def _unlink(self, minute: int, user_id: int) -> Iterator[int]:
        holder = self.holders[user_id]
        if holder.is_linked:
            holder.is_linked = False
            self.changes += 1
            self.changed_at[user_id] = minute
            self.history.own_acts[user_id] = minute
            for gate in self.gates:
                self.history.lost.pop((user_id, gate.role_id), None)
            yield user_id

    def _note_losses(self, minute: int, user_id: int) -> None:
        """Record since when a member does not qualify; whether they have the role is seen when it is taken."""
        self.changes += 1
        self.changed_at[user_id] = minute
        for gate in self.gates:
            key = (user_id, gate.role_id)
            if self.deserves(user_id, gate):
                self.history.lost.pop(key, None)
            else:
                self.history.lost.setdefault(key, minute)
