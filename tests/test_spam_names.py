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
        "Cla\u200bim rewa\u200brds at evil\u200b.xyz",
        "C\u00adlaim at evil.xyz",
        "ht\u200btps://evil.example",
        "https:\u200b//evil.example",
        "@every\u2060one",
        "Cla\u202eim\u202c at evil.xyz",
        "\uff23\uff4c\uff41\uff49\uff4d at evil.xyz",
        "\U0001d402\U0001d425\U0001d41a\U0001d422\U0001d426 at evil.xyz",
        "Cla\u0301im at \u00e9vil.xyz",
        "Cla&#8203;im at evil.xyz",
        "\u200b" * 500 + "Claim at evil.xyz",
        "&shy;" * 150 + "Claim at evil.xyz",
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
        "Café Réunion & Cie.",
        "Free…soon",
        "\u200b",
    ],
)
def test_a_name_is_a_name(name: str) -> None:
    assert not looks_like_spam(name)


def test_a_name_that_is_shown_is_safe() -> None:
    assert shown_name("*Bold*", 100) == r"\*Bold\*"


@pytest.mark.parametrize("filler", ["\u200b", "\u00ad", "&#8203;", "&ZeroWidthSpace;", " ", "a "])
def test_no_name_is_shown_of_which_the_advertisement_was_not_judged(filler: str) -> None:
    for length in range(0, 900, 7):
        shown = shown_name(filler * length + "Claim at evil.xyz", 100, plain=True)
        assert "evil.xyz" not in shown.replace("\u200b", "")
