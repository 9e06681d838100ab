"""Names that are advertisements are hidden; names that only sound like one are not."""

import pytest

from bot.text.spam import HIDDEN_NAME, looks_like_spam, shown_name


@pytest.mark.parametrize(
    "name",
    [
        "$5000 Visit aave-bonus.example to claim",
        "Claim your reward at uniswap-lp.org",
        "! Free mint: tessera.example/free",
        "@everyone look",
        "https://evil.example",
        "www.evil.example",
        "discord.gg/abcdef",
        "1000 USDC Airdrop Voucher",
        "FREE bonus airdrop",
        "Visit evil . com",
        "&#64;everyone",
    ],
)
def test_a_lure_with_a_page_or_several_of_them_is_hidden(name: str) -> None:
    assert looks_like_spam(name)
    assert shown_name(name, 100, plain=True) == HIDDEN_NAME.text
    assert shown_name(name, 100) == f"*{HIDDEN_NAME.text}*"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Harbour Lights",
        "Free Spirits",
        "Claim Jumpers",
        "Nouns.wtf",
        "vitalik.eth",
        "Airdrop Bears",
        "Mr. Fox & Mrs. Hare",
        "7 ETH Street",
        "No. 5",
        "走过的路",
    ],
)
def test_a_name_is_a_name(name: str) -> None:
    assert not looks_like_spam(name)


def test_a_name_that_is_shown_is_safe() -> None:
    assert shown_name("*Bold*", 100) == r"\*Bold\*"
