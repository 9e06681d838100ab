"""A verifier over the sandbox's Ethereum nodes and Loopring, and the community's keys."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bot.linking.ethereum import Nodes
from bot.linking.signature_verifier import SignatureVerifier
from bot.links import ProofKind
from bot.sources.session import open_session
from bot.sources.source import Source
from sandbox.community import load_world
from sandbox.signing import sign
from sandbox.wallets import WALLET_FACTORY
from tests.linking.harness import LinkingHarness, open_linking
from tests.sandbox_client import SandboxClient

TEXT = "Tessera link request\n\nI am Discord user ann (ID 401). Link this wallet to my account.\n\nVersion: 1"
FACTORY = WALLET_FACTORY.lower()
A, B = "/ethereum/1", "/ethereum/1/b"
STRANGER = "a stranger"

_WORLD = load_world()


def owner(account: int) -> str:
    """The address that owns an account of the community."""
    return _WORLD.accounts[account].owner.lower()


def key(account: int) -> str:
    """What the key that signs for it is made from."""
    wallet = _WORLD.wallets.get(owner(account))
    return wallet.key_seed if wallet else str(account)


def former_key(account: int) -> str:
    """What the key that its wallet was made for is made from."""
    return _WORLD.wallets[owner(account)].first_key_seed


class Verifiers:
    """A verifier of signatures, and what it asks."""

    def __init__(self, sandbox: SandboxClient, harness: LinkingHarness, verifier: SignatureVerifier) -> None:
        self.sandbox = sandbox
        self.harness = harness
        self._verifier = verifier

    async def verify(
        self,
        account: int,
        word: str = "",
        *,
        style: str = "personal",
        text: str = TEXT,
        signature: bytes | None = None,
        signer: str = "",
        issued: str = TEXT,
    ) -> ProofKind:
        """Verify a signature of a text for an account's owner: by its own key, by that of a word, or as it is given."""
        if signature is None:
            signature = sign(word or key(account), text.encode(), style)
        return await self._verifier.verify(
            issued, signature, signer=signer or owner(account), owner=owner(account), user_id=1
        )

    async def asked(self, path: str = "/ethereum/") -> int:
        """How many requests came to the nodes."""
        traffic = await self.sandbox.get("/_sandbox/traffic", service="ethereum")
        return sum(exchange["path"].startswith(path) for exchange in traffic["exchanges"])

    async def behave(self, **behaviour: Any) -> None:
        """Let the nodes behave in another way."""
        await self.sandbox.post("/_sandbox/ethereum", behaviour)

    async def fault(self, path: str, kind: str, **options: Any) -> None:
        """Let a node go wrong."""
        await self.sandbox.fault(kind, path, service="ethereum", **options)


@asynccontextmanager
async def open_verifiers(
    sandbox: SandboxClient,
    source: Source,
    *,
    nodes: Sequence[str] = (A,),
    factories: Sequence[str] = (FACTORY,),
    seconds: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Verifiers]:
    """A verifier that asks some nodes, and trusts some factories; `seconds` is its patience with a node, by a clock."""
    async with open_session() as session:
        urls = [sandbox.url + path for path in nodes]
        asked = Nodes(session, urls, seconds=seconds, clock=clock) if nodes else None
        async with open_linking(source, nodes=asked, factories=factories) as harness:
            knows_wallets = harness.lookup.wallets.can_be_looked_up
            verifier = SignatureVerifier(
                asked, harness.lookup.wallets.counterfactual, factories, knows_wallets=knows_wallets
            )
            yield Verifiers(sandbox, harness, verifier)
