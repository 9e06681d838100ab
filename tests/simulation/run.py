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

BY_HAND = 20  # every twentieth member has a role from somebody else


async def run(scenario: Scenario, seed: int) -> Outcome:
    """Let a server live, and check its history."""
    random = Random(seed)  # noqa: S311  # the same history for the same seed
    faults, history = Faults(scenario, random), History()
    world = World(scenario, faults, random, history)
    minute = 0
    discord = SimulatedDiscord(world, faults, random, lambda: minute)
    for user_id in world.holders:
        if user_id % BY_HAND == 0:
            discord.give_by_hand(user_id, world.gates[0].role_id)
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
