"""Which proof members are offered follows from what was set, and what is weaker than it could be is said."""

from pathlib import Path

import pytest

from bot.config.settings import Settings, load
from bot.linking.proof_methods import availabilities, proof_method_of, weaknesses
from bot.links.proofs import ProofMethod

PAGE = '[web]\npublic_url = "https://verify.example.org"\ntrusted_proxies = ["127.0.0.1/32"]\n'
TWO_SOURCES = '[[source]]\nname = "a"\nkind = "loopring"\nfallback = "b"\n[[source]]\nname = "b"\nkind = "loopring"\n'
NODES = "https://a.example/key,https://b.example/key"


def settings(tmp_path: Path, text: str, **environ: str) -> Settings:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, environ)


@pytest.mark.parametrize("secret", [{}, {"DISCORD_CLIENT_SECRET": "a-secret"}], ids=["without a secret", "with one"])
@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("", ProofMethod.PASTE),
        (PAGE, ProofMethod.OAUTH),
        (f'{PAGE}[linking]\nlogin = "required"', ProofMethod.OAUTH),
        (f'{PAGE}[linking]\nlogin = "code"', ProofMethod.CODE),
    ],
)
def test_a_missing_secret_never_selects_another_method(
    tmp_path: Path, text: str, method: ProofMethod, secret: dict[str, str]
) -> None:
    assert proof_method_of(settings(tmp_path, text, **secret)) is method


def test_what_is_best_is_said_to_be_weak_nowhere(tmp_path: Path) -> None:
    best = settings(tmp_path, PAGE, DISCORD_CLIENT_SECRET="a-secret", ETH_RPC_URL=NODES)
    assert list(weaknesses(best)) == []
    assert list(weaknesses(settings(tmp_path, ""))) == []


@pytest.mark.parametrize(
    ("text", "node", "words"),
    [
        (f'{PAGE}[linking]\nlogin = "code"', NODES, '[linking] login = "code": only the member can see'),
        (f"{PAGE}[linking]\npaste = true", NODES, "[linking] paste = true: a pasted signature does not show"),
        (f"{PAGE}[linking]\nmanual = true", NODES, "[linking] manual = true: moderators may vouch"),
        (f'{PAGE}[linking]\nowners = "first"\n{TWO_SOURCES}', NODES, '[linking] owners = "first": one source decides'),
        ("", NODES, "DISCORD_CLIENT_SECRET is set without [web] public_url"),
        (PAGE, "https://a.example", "ETH_RPC_URL names one node, which alone decides"),
        (PAGE.replace('["127.0.0.1/32"]', '"none"'), NODES, '[web] trusted_proxies = "none": all visitors'),
        (f'{PAGE}[discord]\napi_url = "https://a.example"', NODES, "[discord] api_url is no address of Discord"),
        (f'{PAGE}[discord]\ngateway_url = "wss://a.example"', NODES, "[discord] gateway_url is no address of Discord"),
        (f'{PAGE}[discord]\nauthorize_url = "https://discord.com.a.example"', NODES, "[discord] authorize_url is no"),
    ],
)
def test_what_is_weaker_than_it_could_be_is_said_in_one_line(tmp_path: Path, text: str, node: str, words: str) -> None:
    (weakness,) = weaknesses(settings(tmp_path, text, DISCORD_CLIENT_SECRET="a-secret", ETH_RPC_URL=node))
    assert weakness.render().startswith(words)
    assert "\n" not in weakness.render()


def test_the_only_source_of_a_network_is_the_first_word_without_a_weakness(tmp_path: Path) -> None:
    assert list(weaknesses(settings(tmp_path, '[linking]\nowners = "first"'))) == []


def test_addresses_of_discord_and_of_this_machine_are_no_weakness(tmp_path: Path) -> None:
    text = '[discord]\napi_url = "https://discord.com/api/v10"\ngateway_url = "ws://127.0.0.1:1/"\n'
    assert list(weaknesses(settings(tmp_path, text))) == []


def test_the_login_is_not_announced_while_its_secret_is_missing(tmp_path: Path) -> None:
    login, code, *_ = availabilities(settings(tmp_path, PAGE))
    assert "set DISCORD_CLIENT_SECRET, and register https://verify.example.org/oauth/cb" in login.missing
    assert code.missing.startswith("off; ")
