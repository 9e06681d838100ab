"""Signers are held against a real EVM: wallets by others, signed for by others' libraries, on a chain with the id 1.

The node is Hardhat's; OpenZeppelin's and Safe's contracts are compiled by solc; ethers and viem sign. Each case is also
verified by viem, which is what most sites do: where the two differ, the table says why.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.errors import ProofError, TesseraError
from bot.linking.ethereum import Nodes
from bot.linking.node_answers import NodeState
from bot.linking.signature_verifier import SignatureVerifier
from bot.links import Counterfactual, ProofKind
from bot.signing.pasted import parse_signature
from bot.sources.askers import Asker
from bot.sources.session import open_session
from tests.conformance.missing import skip_unless_ci

EVM = Path(__file__).parent / "evm"
INSTALL = f"npm ci --prefix {EVM.relative_to(Path(__file__).parents[2])} --ignore-scripts"
# Its digest has a zero byte, and the digest of that none: a factory may tell them apart by the gas that this takes.
TEXT = "Tessera link request, version 1\n\nI am Discord user ann (ID 8).\n\nVersion: 1"
START_SECONDS = 240  # solc compiles Safe in ten, where the machine is idle

KEY, CONTRACT, COUNTERFACTUAL = ProofKind.KEY, ProofKind.CONTRACT, ProofKind.COUNTERFACTUAL
REFUSED = "does not accept that signature"
NOT_OF_THE_TEXT = "A proof is a signature of the text itself"
OTHER_KEY = "by another key"
# What is proven, or the words of the refusal. A second value: viem's verdict, where it is another one.
CASES: Mapping[str, tuple[ProofKind | str, bool]] = {
    "a key, ethers": (KEY, True),
    "a key, viem": (KEY, True),
    "a key, EIP-2098": (KEY, False),  # viem reads 65 bytes alone
    "another key": (OTHER_KEY, False),
    "a wallet of one key": (CONTRACT, True),
    "a wallet of one key, EIP-2098": (CONTRACT, False),  # shown to the contract with 65 bytes
    "a wallet of one key, another key": (REFUSED, False),
    "a wallet of one key, of opaque bytes": (REFUSED, False),
    "a wallet of one key, a changed text": ("with a blank or a line end behind it", False),
    "a wallet that accepts opaque bytes": (CONTRACT, True),
    "a wallet that accepts opaque bytes, of opaque bytes": (NOT_OF_THE_TEXT, True),  # any site can have these signed
    "a wallet that accepts opaque bytes alone": (NOT_OF_THE_TEXT, True),
    "a wallet that a wallet owns": (CONTRACT, True),
    "forty owners": (CONTRACT, True),
    "forty owners, one is another": (REFUSED, False),
    "BurnsGas": (REFUSED, False),
    "Reverts": (REFUSED, False),
    "MeetsAnInvalidInstruction": (REFUSED, False),
    "RevertsWithAcceptance": (REFUSED, False),
    "ReturnsTooLittle": (REFUSED, False),
    "ERC-6492, deployed": (CONTRACT, True),
    "ERC-6492, not deployed": (COUNTERFACTUAL, True),
    "ERC-6492, not deployed, another key": ("Deploy it first", False),
    "ERC-6492, not deployed, of opaque bytes": ("Deploy it first", False),
    "ERC-6492, another wallet is deployed": ("Deploy it first", False),
    "ERC-6492, for a key's address": ("Deploy it first", False),
    # Whether it is deployed, one zero byte decides; neither way is it a proof.
    "ERC-6492, deployed for an even amount of gas, of opaque bytes": ("signature", True),
    "ERC-6492, deployed for an odd amount of gas, of opaque bytes": ("signature", True),
    "ERC-6492, all gas burnt, of opaque bytes": (NOT_OF_THE_TEXT, True),
    "ERC-6492, all gas burnt": (COUNTERFACTUAL, True),
    "a Safe of two": (CONTRACT, True),
    "a Safe of two, one signed": (REFUSED, False),
    "a Safe of two, ERC-6492": (CONTRACT, True),
    "a Safe of one": (CONTRACT, True),
    "a Safe of one, its hash signed as a message": (NOT_OF_THE_TEXT, True),  # 32 bytes that nobody could read
    "a Safe of one, nothing signed on chain": ("has not signed that text on Ethereum", False),
    "a Safe that is not deployed": (COUNTERFACTUAL, True),
    "a Safe that is not deployed, not wrapped": (OTHER_KEY, False),
    "a Safe that a Safe owns": (CONTRACT, True),
    "a Safe that a Safe owns, its hash signed as a message": (NOT_OF_THE_TEXT, True),  # likewise
    "a Safe that signed on chain": (CONTRACT, False),  # viem reads no empty signature
    "a Safe that signed its digest as a message on chain, too": (NOT_OF_THE_TEXT, False),
    "EIP-7702, its key": (KEY, True),
    "EIP-7702, the key of the borrowed code": (CONTRACT, True),
    "EIP-7702, another key": (OTHER_KEY, False),
}


@asynccontextmanager
async def running_evm() -> AsyncIterator[dict[str, Any]]:
    """The node, and what it says of itself."""
    node = shutil.which("node")
    if node is None:
        skip_unless_ci("the EVM needs Node.js 20 or newer")
    if not (EVM / "node_modules").is_dir():
        skip_unless_ci(f"the EVM is not installed: {INSTALL}")
    process = await asyncio.create_subprocess_exec(
        node,
        EVM / "node.mjs",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**20,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        process.stdin.write(json.dumps({"text": TEXT}).encode() + b"\n")
        async with asyncio.timeout(START_SECONDS):
            line = await process.stdout.readline()
        assert line, (await process.stderr.read()).decode()
        yield json.loads(line)
    finally:
        process.stdin.close()
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def knows_no_wallet(_owner: str, _asker: Asker) -> Counterfactual | None:
    """What a source without Loopring's wallets says."""
    return None


async def test_wallets_on_a_real_evm_prove_what_they_should_and_nothing_else() -> None:
    async with running_evm() as evm, open_session() as session:
        nodes = Nodes(session, [evm["url"]], seconds=60.0)
        assert await nodes.states() == [NodeState.READY]
        verifier = SignatureVerifier(nodes, knows_no_wallet, ())
        verdicts = {}
        for name, case in evm["cases"].items():
            owner, signature = case["address"], parse_signature(case["signature"])
            try:
                verdict: Any = await verifier.verify(TEXT, signature, signer=owner, owner=owner, user_id=1)
            except TesseraError as error:
                verdict = error
            verdicts[name] = verdict
        assert verdicts.keys() == CASES.keys()
        wrong = {}
        for name, (expected, _) in CASES.items():
            verdict = verdicts[name]
            is_right = (
                verdict is expected
                if isinstance(expected, ProofKind)
                else isinstance(verdict, ProofError) and expected in verdict.sentence
            )
            if not is_right:
                wrong[name] = str(verdict)
        assert wrong == {}
        assert {name: case["viem"] for name, case in evm["cases"].items()} == {
            name: viem for name, (_, viem) in CASES.items()
        }
