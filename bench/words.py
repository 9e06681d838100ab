"""What an answer costs in another language: the same command, by people who have Discord in different languages.

They take turns, a batch each and each at every place, so that a busy machine affects all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from bench.bot_process import BotProcess
from bench.figures import Figure
from bench.sandbox import BenchSandbox, open_bench_sandbox

SECTION = "words: /collections of a cached account of 50, in another language"
ENGLISH, LOCALES = "en-US", ("de", "ja")
ROUNDS, QUICK_ROUNDS = 12, 6
ANSWERS = 150
COLLECTIONS = 50
RATIO_AT_MOST = 1.05


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 40 s, or 20 if quick."""
    async with open_bench_sandbox() as sandbox, sandbox.bot() as bot:
        account = await sandbox.new_account(COLLECTIONS)
        turns = [ENGLISH, *LOCALES]
        for locale in turns:
            await _batch(sandbox, bot, account, locale)  # reads the catalogues, and the account
        sandbox.rest()
        costs: dict[str, list[float]] = {locale: [] for locale in turns}
        for number in range(QUICK_ROUNDS if quick else ROUNDS):
            report(f"round {number + 1}")
            turns = [*turns[1:], turns[0]]
            for locale in turns:
                if (cost := await _batch(sandbox, bot, account, locale)) is None:
                    return [Figure(SECTION, "processor time", None, note="needs /proc")]
                costs[locale].append(cost)
        bot.check_alive()
    return [
        Figure(SECTION, "processor time of an answer in English", median(costs[ENGLISH]) / ANSWERS * 1000, "ms"),
        *(
            Figure(SECTION, f"the same in {locale}, compared", _ratio(costs, locale), "x", at_most=RATIO_AT_MOST)
            for locale in LOCALES
        ),
    ]


def _ratio(costs: Mapping[str, Sequence[float]], locale: str) -> float:
    """The median over the rounds of what a batch cost, compared with the English one of its round."""
    return median(cost / english for cost, english in zip(costs[locale], costs[ENGLISH], strict=True))


async def _batch(sandbox: BenchSandbox, bot: BotProcess, account: str, locale: str) -> float | None:
    """Processor seconds of the bot for a batch of answers."""
    before = bot.cpu_seconds()
    for number in range(0, ANSWERS, 10):
        asked = [sandbox.type(number + n, "collections", {"account": account}, locale=locale) for n in range(10)]
        await sandbox.answered(asked)
    after = bot.cpu_seconds()
    return None if before is None or after is None else after - before
