"""How many signatures one process verifies a second: the bot's own modules, one after the other."""

from __future__ import annotations

import time

from bench.figures import Figure, Kind
from bench.percentiles import percentile
from bot.errors import ProofError
from bot.linking.signature_verifier import SignatureVerifier
from bot.links import ProofKind
from bot.sources.askers import Asker
from sandbox.signing import address_of, sign

SIGNATURES = 150
# As long as a text that wallets are asked to sign.
TEXT = "I am Discord user crowd. " * 30


async def figures(section: str) -> list[Figure]:
    """The figures, as a part of another section; takes about 3 s.

    Half of the signatures are the owner's, half someone else's: those prove nothing, and cost more, as it is tried
    whether they are of the text as some program changed it.
    """
    verifier = SignatureVerifier(None, _nothing_known, ())
    words = [str(number) for number in range(SIGNATURES)]
    signed = [(address_of(word).lower(), sign(word, TEXT.encode())) for word in words]
    wrong = 0
    times: dict[bool, list[float]] = {True: [], False: []}
    for n, (address, signature) in enumerate(signed):
        owner = address if n % 2 else signed[n - 1][0]
        began = time.perf_counter()
        try:
            accepted = await verifier.verify(TEXT, signature, signer=owner, owner=owner, user_id=1) is ProofKind.KEY
        except ProofError:
            accepted = False
        times[owner == address].append((time.perf_counter() - began) * 1000)
        wrong += accepted != (owner == address)
    return [
        Figure(section, "signatures verified, one core", 1000 * len(times[True]) / sum(times[True]), "/s"),
        Figure(section, "one signature: p95", percentile(times[True], 95), "ms"),
        Figure(section, "one that someone else made: p95", percentile(times[False], 95), "ms"),
        Figure(section, "signatures with a wrong result", wrong, kind=Kind.COUNT, at_most=0, at_least=0),
    ]


async def _nothing_known(_wallet: str, _prover: Asker) -> None:
    """Here are no wallets that are not deployed yet."""
