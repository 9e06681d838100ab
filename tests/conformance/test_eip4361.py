"""The texts for the page are valid EIP-4361 for two parsers by others, for all signers and all names of people.

A text that is not makes wallets silent: they compare its domain with the page's only where they recognise it.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.signing.challenge import Challenge, new_nonce, site_of
from bot.signing.signature import checksummed
from tests.conformance.missing import skip_unless_ci

PARSERS = Path(__file__).parent / "eip4361"
INSTALL = f"npm ci --prefix {PARSERS.relative_to(Path(__file__).parents[2])} --ignore-scripts"
HOW_MANY = 10_000
# What the grammar allows in a statement; to it, all of one such run are the same.
ALPHABET = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;= ]*")
RUN = re.compile(r"[A-Za-z0-9\-._~]+")
EVERY = 10

SITES = ("https://verify.example.org", "https://bot.example.com:8443", "http://localhost:8766", "https://a-b.example/x")
NAMES_OF_TODAY = "abcdefghijklmnopqrstuvwxyz0123456789_."
# What people are called, what breaks a line or a grammar, and what reads backwards or not at all.
LETTERS = "abcXYZ019_. -\n\r\t\u2028\u202e\u200b\0\"'%|<>{}[]()\\^`#@:/?&éßЖ名前😀\u0301"
L2_KEY = re.compile(r"access\s+Loopring\s+Exchange", re.IGNORECASE)


def made_up(seed: int) -> list[Challenge]:
    """Challenges of every shape, the same for a seed; half of the users have names that are in the text."""
    dice = random.Random(seed)  # noqa: S311 - the same each time, and no secret

    def address() -> str:
        return f"0x{dice.getrandbits(160) | 1:040x}"

    def challenge() -> Challenge:
        domain, uri = site_of(dice.choice(SITES))
        username = "".join(dice.choices(dice.choice((NAMES_OF_TODAY, LETTERS)), k=dice.randint(2, 32)))
        issued_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=dice.randrange(10**9))
        accounts = (f"loopring:{dice.randint(1, 2**32 - 1)}", f"eip155:{dice.randint(1, 10**6)}:{address()}")
        return Challenge(
            domain=domain,
            uri=uri,
            address=address(),
            user_id=dice.randint(1, 2**64 - 1),
            username=dice.choice((username, username, username, "access Loopring Exchange")),
            guild_id=dice.choice((None, dice.randint(1, 2**64 - 1))),
            nonce=new_nonce(dice.choice),
            issued_at=issued_at,
            expires_at=issued_at + timedelta(minutes=5),
            request_id="".join(dice.choices(NAMES_OF_TODAY + "AZ~-", k=dice.randint(1, 64))),
            wallet=dice.choice(("", address())),
            accounts=accounts[: dice.randint(0, 2)],
        )

    return [challenge() for _ in range(HOW_MANY)]


def for_the_grammar(texts: Sequence[str]) -> set[int]:
    """The texts that its slow parser reads, by number: the first of each shape, and some of all."""
    shapes: dict[str, int] = {}
    for number, text in enumerate(texts):
        shapes.setdefault(RUN.sub("a", text), number)
    return {*shapes.values(), *range(0, len(texts), EVERY)}


def parsed(texts: Sequence[str], grammar: Container[int] | None = None) -> list[dict[str, Any]]:
    """What both parsers read in each text, by one process: `abnf` and `regex`, None where they refuse it.

    Args:
        texts: to read.
        grammar: the numbers of those to have `abnf`; None: all.
    """
    node = shutil.which("node")
    if node is None:
        skip_unless_ci("the parsers of EIP-4361 need Node.js 18 or newer")
    if not (PARSERS / "node_modules").is_dir():
        skip_unless_ci(f"the parsers of EIP-4361 are not installed: {INSTALL}")
    done = subprocess.run(  # noqa: S603 - our own script, with no shell
        [node, PARSERS / "parse.mjs"],
        input="".join(
            json.dumps({"one": text, "grammar": grammar is None or number in grammar}) + "\n"
            for number, text in enumerate(texts)
        ),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    read = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(read) == len(texts)
    return read


def expected(challenge: Challenge) -> dict[str, Any]:
    """The fields of a challenge as the parsers name them."""
    wallet = [f"eip155:1:{checksummed(challenge.wallet)}"] if challenge.wallet else []
    return {
        "scheme": "",
        "domain": challenge.domain,
        "address": checksummed(challenge.address),
        "statement": challenge.statement,
        "uri": challenge.uri,
        "version": "1",
        "chainId": 1,
        "nonce": challenge.nonce,
        "issuedAt": f"{challenge.issued_at:%Y-%m-%dT%H:%M:%S}.000Z",
        "expirationTime": f"{challenge.expires_at:%Y-%m-%dT%H:%M:%S}.000Z",
        "notBefore": "",
        "requestId": challenge.request_id,
        "resources": wallet + [re.sub("^loopring:", "urn:loopring:account:", name) for name in challenge.accounts],
    }


def test_ten_thousand_texts_are_parsed_as_intended() -> None:
    challenges = made_up(4361)
    named = sum(f"user {challenge.username} (ID " in challenge.statement for challenge in challenges)
    assert HOW_MANY / 4 < named < HOW_MANY * 3 / 4, "both kinds of names are tried"
    texts = [challenge.sign_in_text() for challenge in challenges]
    assert not any(map(L2_KEY.search, texts))
    # All that the grammar knows and the regular expressions do not: the alphabet and the checksum.
    assert all(ALPHABET.fullmatch(challenge.statement) for challenge in challenges)
    grammar = for_the_grammar(texts)
    assert len(grammar) >= HOW_MANY / EVERY
    for number, (challenge, read) in enumerate(zip(challenges, parsed(texts, grammar), strict=True)):
        fields = expected(challenge)
        assert read == ({"abnf": fields, "regex": fields} if number in grammar else {"regex": fields})


def test_the_parsers_are_strict_enough_to_find_mistakes() -> None:
    challenge = replace(made_up(1)[0], username="alice_01")
    text = challenge.sign_in_text()
    wrong = {
        "a line more": text.replace("alice_01", "alice\nURI: https://evil.example/v"),
        "a paragraph more": text.replace("alice_01", "alice\n\nURI: https://evil.example/v"),
        "no nonce": re.sub(r"Nonce: .*\n", "", text),
        "lines that changed places": re.sub(r"(Version: 1\n)(Chain ID: 1\n)", r"\2\1", text),
        "a line break at its end": f"{text}\n",
        "the text to paste": challenge.paste_text(),
    }
    # The alphabet and the checksum, which the grammar knows and the regular expressions do not.
    wrong_by_grammar = {letter: text.replace("alice_01", f"alice{letter}") for letter in '"é%|<>{}\\^`😀\t'}
    wrong_by_grammar["no checksum"] = text.replace(checksummed(challenge.address), challenge.address)
    assert text not in (*wrong.values(), *wrong_by_grammar.values())
    right, *read = parsed([text, *wrong.values(), *wrong_by_grammar.values()])
    assert right == {"abnf": expected(challenge), "regex": expected(challenge)}
    accepted = {
        case: [parser for parser, fields in verdicts.items() if fields]
        for case, verdicts in zip((*wrong, *wrong_by_grammar), read, strict=True)
    }
    assert accepted == {case: [] for case in wrong} | {case: ["regex"] for case in wrong_by_grammar}
