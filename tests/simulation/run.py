"""One history, from a scenario and a seed."""

from __future__ import annotations

from random import Random

from tests.simulation.admin import Admin
from tests.simulation.bot_model import BotModel
from tests.simulation.chat import KilledError, SimulatedDiscord
from tests.simulation.checker import Outcome, outcome_of
from tests.simulation.faults import Faults
from tests.simulation.history import History
from tests.simulation.scenario import Scenario
from tests.simulation.source import SimulatedSource
from tests.simulation.world import World


async def run(scenario: Scenario, seed: int) -> Outcome:
    """Let a server live, and check its history."""
    random = Random(seed)  # noqa: S311  # the same history for the same seed
    faults, history = Faults(scenario, random), History()
    world = World(scenario, faults, random, history)
    minute = 0
    discord = SimulatedDiscord(world, faults, random, lambda: minute)
    discord.give_some_by_hand()
    bot = BotModel(world, SimulatedSource(world, faults, random), discord, faults)
    admin = Admin(world, bot, faults, random)
    waiting: list[int] = []
    for minute in range(scenario.minutes):  # the clock that Discord is given
        waiting += world.step(minute)
        if minute in faults.stopped:
            continue
        try:
            while waiting:
                await bot.own_act(waiting[0], minute)
                waiting.pop(0)
            await bot.pass_minute(minute)
        except KilledError:
            continue  # and started again within the minute
        if scenario.has_admin:
            admin.pass_minute(minute)
    return outcome_of(world, discord, held=bool(bot.stored.holds))
