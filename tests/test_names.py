"""What a person may type to mean an account or a collection, with one source and with several."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import InputError
from bot.names import AccountRef, Names, RefKind, parse_contract, refuse_secrets

ADDRESS = "0x8656920c85342d646E5286Cb841F90209272ABeb"
NAMES = Names()
ETHEREUM = "eip155:1"
BASE = "eip155:8453"
MANY = Names(("loopring", ETHEREUM, BASE), {"ethereum": ETHEREUM, "base": BASE, "loopring": "loopring"})
CHAIN_FIRST = Names((ETHEREUM, "loopring"), {"ethereum": ETHEREUM, "loopring": "loopring"})
CHAIN_FIRST_COLLECTION = CHAIN_FIRST.parse_collection


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("10001", RefKind.ID, "10001"),
        (" 10001 ", RefKind.ID, "10001"),
        ("0010001", RefKind.ID, "10001"),
        ("loopring:10001", RefKind.ID, "10001"),
        ("Loopring: 10001", RefKind.ID, "10001"),
        ("4294967295", RefKind.ID, "4294967295"),
        (ADDRESS, RefKind.OWNER, ADDRESS.lower()),
        (f"loopring:{ADDRESS}", RefKind.OWNER, ADDRESS.lower()),
        ("vitalik.eth", RefKind.NAME, "vitalik.eth"),
        ("Ada.Loopring.eth", RefKind.NAME, "ada.loopring.eth"),
        ("名前.eth", RefKind.NAME, "名前.eth"),
    ],
)
def test_an_account_is_an_id_an_address_or_a_name(text: str, kind: RefKind, value: str) -> None:
    assert NAMES.parse_account(text) == AccountRef("loopring", kind, value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("abc", "“abc” is not an account."),
        ("-1", "“-1” is not an account."),
        ("0", "An account id is a number from 1 to 4294967295."),
        ("4294967296", "An account id is a number from 1 to 4294967295."),
        (str(10**30), "An account id is a number from 1 to 4294967295."),
        ("9" * 10_000, "An account id is a number from 1 to 4294967295."),
        ("0x12", "“0x12” is not a whole address"),
        (ADDRESS + "00", "is not a whole address"),
        ("", "No account was given."),
        ("   ", "No account was given."),
        ("solana:10001", "No source here knows “solana”. Configured: `loopring`."),
        ("eth", "“eth” is not an account."),
        ("a b.eth", "is not an account."),
        ("٣٤٥", "is not an account."),
        ("1e5", "“1e5” is not an account."),
        ("@everyone", "is not an account."),
        pytest.param("\x1b[2Jfoo.eth", "it contains a disallowed character", id="a name that clears the terminal"),
        pytest.param("fo\u202eo.eth", "it contains a disallowed character", id="a name that turns the text around"),
        pytest.param("fo\udc9bo.eth", "it contains a disallowed character", id="a name with half a character"),
        ("1.5", "“1.5” is not an account."),
        ("...", "“...” is not an account."),
        ("''", "No account was given."),
        ("<t:1700000000>", "No source here knows"),
        ("0x" + "0" * 40, "The zero address belongs to nobody."),
        ("<@123456789012345678>", "That is a member, and not an account."),
    ],
)
def test_for_what_is_no_account_the_error_says_what_is_accepted(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        NAMES.parse_account(text)
    assert sentence in caught.value.sentence
    assert "Use an account id such as `10001`" in caught.value.sentence
    assert len(caught.value.sentence) < 400
    assert "@everyone" not in caught.value.sentence


# Each side of what is pasted, or both: chats, phones, programs and sentences put these there.
AROUND = [
    *((blank, "") for blank in ("\u200b", "\u202e", "\ufeff", "\u2060", "\u200e", "\u3000", "\n", "'", "`", "“")),
    *(("", end) for end in (".", ",", ";", "\u200b", "\u200d", "\u00a0", ".\n", ' ".', "’,")),
    *[
        ('"', '"'),
        ("‘", "’"),
        ("«", "»"),
        ("„", "“"),
        ("||", "||"),
        ("**", "**"),
        ("```", "```"),
        ("(", ")"),
        ("<", ">"),
    ],
    *[("\u2066", "\u2069"), ("\u202a", "\u202c"), ("\u200e`", "`\u200e.")],
]


@pytest.mark.parametrize(("before", "behind"), AROUND, ids=ascii)
def test_what_stands_around_an_account_or_a_collection_counts_for_nothing(before: str, behind: str) -> None:
    for text in (ADDRESS, "vitalik.eth", f"https://etherscan.io/address/{ADDRESS}"):
        assert MANY.parse_account(before + text + behind) == MANY.parse_account(text), ascii(text)
    if before != "<":
        assert MANY.parse_account(f"{before}10001{behind}") == MANY.parse_account("10001")
        assert MANY.parse_collection(f"{before}254{behind}") == MANY.parse_collection("254")
    link = f"https://etherscan.io/token/{ADDRESS}"
    assert MANY.parse_collection(before + link + behind) == MANY.parse_collection(link)
    assert parse_contract(before + ADDRESS + behind) == ADDRESS.lower()


def test_the_flag_at_the_end_of_a_name_stays_whole() -> None:
    england = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    assert NAMES.parse_account(f"fan.{england}").value == f"fan.{england}"


@pytest.mark.parametrize("parse", [NAMES.parse_account, CHAIN_FIRST_COLLECTION, parse_contract])
def test_an_address_with_a_wrong_checksum_is_refused(parse: Callable[[str], object]) -> None:
    for right in (ADDRESS, ADDRESS.lower(), "0x" + ADDRESS[2:].upper(), "0X" + ADDRESS[2:]):
        parse(right)
    for wrong in (ADDRESS.replace("b", "B"), ADDRESS.replace("6E", "6e"), ADDRESS[:-1] + "c"):
        with pytest.raises(InputError, match="has a typing mistake: its capital letters are a checksum"):
            parse(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "0x" + "c0ffee00" * 8,
        "C0FFEE00" * 8,
        "abandon " * 11 + "about",
        "Abandon, ability, able, about, above, absent, absorb, abstract, absurd, abuse, access, accident",
    ],
)
def test_a_key_or_a_seed_phrase_is_not_repeated_and_its_owner_is_warned(text: str) -> None:
    with pytest.raises(InputError, match="looks like a private key or a seed phrase") as refused:
        NAMES.parse_account(text)
    sentence = refused.value.sentence.lower()
    assert "c0ffee" not in sentence
    assert "abandon" not in sentence
    assert "ability" not in sentence


@pytest.mark.parametrize("parse", [NAMES.parse_account, NAMES.parse_collection, parse_contract, refuse_secrets])
@pytest.mark.parametrize(
    "text",
    [
        *(prefix + "c0ffee00" * 8 for prefix in ("", "0x", "#", "loopring:", "eip155:1:0x", "my key: ")),
        "0x" + "c0ffee00" * 6,
        "c0ffee00 " * 8,
        "c0ffee00" * 8 + "00" * 200,
        " ".join(["coffee"] * 12),
    ],
)
def test_a_key_is_refused_wherever_it_is_typed(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(InputError, match="looks like a private key or a seed phrase: consider it exposed") as refused:
        parse(text)
    assert "c0ffee" not in refused.value.sentence
    assert "coffee" not in refused.value.sentence


@pytest.mark.parametrize("text", ["0x" + "ab" * 65, "ab" * 64, "0x" + "ab" * 300])
def test_a_signature_is_accepted_where_one_is_asked_for_and_nowhere_else(text: str) -> None:
    refuse_secrets(text, signature=True)
    with pytest.raises(InputError, match="looks like a private key"):
        refuse_secrets(text)


@given(length=st.integers(64, 2900), seed=st.integers(0, 2**32), width=st.sampled_from([0, 8, 64]))
@example(length=65, seed=0, width=0)
def test_no_signature_is_taken_for_a_seed_phrase(length: int, seed: int, width: int) -> None:
    digits = Random(seed).randbytes(length).hex()  # noqa: S311 - any bytes will do
    lines = [digits[i : i + width] for i in range(0, len(digits), width)] if width else [digits]
    refuse_secrets("0x" + "\n".join(lines), signature=True)
    refuse_secrets(f"signature: 0x{digits}", signature=True)


@pytest.mark.parametrize("digits", ["", "0x" + "ab" * 65, "c0ffee" * 40])
@pytest.mark.parametrize(
    "phrase",
    ["abandon " * 11 + "about", "1abandon2ability3able4about5above6absent7absorb8abstract9absurd10abuse11access12acid"],
)
def test_a_seed_phrase_is_refused_also_beside_a_signature(digits: str, phrase: str) -> None:
    for text in (f"{digits} {phrase}", f"{phrase} {digits}", f"{phrase[:20]} {phrase[20:]} {digits}"):
        with pytest.raises(InputError, match="looks like a private key or a seed phrase"):
            refuse_secrets(text, signature=True)


@pytest.mark.parametrize(
    "text",
    [
        *("0x" + "c0ffee00" * 8, "c0ffee00" * 8, "c0ffee00" * 6, " ".join(["coffee"] * 12)),
        "\u200b".join("c0ffee00" * 8),
        "\u200b".join(["abandon"] * 12),
        " ".join(["add", "bead", "cafe", "dad", "face", "fade"] * 3),
    ],
)
def test_a_key_in_place_of_a_signature_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="looks like a private key"):
        refuse_secrets(text, signature=True)


@pytest.mark.parametrize(
    "text", ["", ADDRESS, f"eip155:1:{ADDRESS}", "9" * 78, "one two three four five six seven eight nine ten"]
)
def test_what_is_no_key_is_not_refused(text: str) -> None:
    refuse_secrets(text)


@pytest.mark.parametrize("text", ["# 10001", "<loopring:10001>", "loopring:\u200b10001", "loopring:# 10001"])
def test_a_number_is_read_in_what_chats_put_around_it(text: str) -> None:
    assert MANY.parse_account(text) == AccountRef("loopring", RefKind.ID, "10001")


@pytest.mark.parametrize(
    "text",
    [
        f"eth:\u200b{ADDRESS}",
        f"eth\u200b:{ADDRESS}",
        f"<eth:{ADDRESS}>",
        f"<eip155:1:{ADDRESS}>",
        f"eth:{ADDRESS[:20]}\u200b{ADDRESS[20:]}",
        f"eth:{ADDRESS[:20]}\u00ad{ADDRESS[20:]}",
        f"eth:0\u200bx{ADDRESS[2:]}",
    ],
)
def test_nothing_invisible_is_a_part_of_an_address(text: str) -> None:
    assert MANY.parse_account(text) == AccountRef(ETHEREUM, RefKind.OWNER, ADDRESS.lower())
    assert MANY.parse_collection(text) == (ETHEREUM, ADDRESS.lower())
    bare = text.strip("<>").rpartition(":")[2]
    assert MANY.parse_account(bare) == AccountRef("", RefKind.OWNER, ADDRESS.lower())
    assert parse_contract(bare) == ADDRESS.lower()


@pytest.mark.parametrize("text", ["<t:1700000000>", "<t:1700000000:R>", "<:cat:123456789>", "<a:cat:123456789>"])
def test_times_and_emoji_of_a_chat_are_no_account(text: str) -> None:
    with pytest.raises(InputError, match="No source here knows"):
        MANY.parse_account(text)


@pytest.mark.parametrize("parse", [MANY.parse_account, MANY.parse_collection])
@pytest.mark.parametrize(
    "text",
    [
        f"see https://etherscan.io/address/{ADDRESS}",
        f"https://etherscan.io/address/{ADDRESS} thanks",
        f"https://etherscan.io/address/{ADDRESS}\nhttps://etherscan.io/address/{ADDRESS}",
        f"https:// etherscan.io/address/{ADDRESS}",
    ],
)
def test_a_link_beside_something_is_to_be_pasted_alone(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(InputError, match="paste the one link alone"):
        parse(text)


@pytest.mark.parametrize("names", [Names(), Names((BASE,)), Names(("loopring", BASE))])
@pytest.mark.parametrize("code", [f"ethereum:{ADDRESS}", f"ethereum:pay-{ADDRESS}?value=1", f"ETHEREUM:{ADDRESS}"])
def test_a_wallet_s_code_names_an_address_where_nothing_is_called_ethereum(names: Names, code: str) -> None:
    """EIP-681: without @ and a chain any may be meant."""
    assert names.parse_account(code) == names.parse_account(ADDRESS)
    assert names.parse_account("ethereum:vitalik.eth") == names.parse_account("vitalik.eth")
    for elsewhere in (f"ethereum:{ADDRESS}@1", "ethereum:10001"):
        with pytest.raises(InputError, match="No source here knows chain 1"):
            names.parse_account(elsewhere)


def test_a_contract_on_a_chain_that_is_not_here_is_none_of_another_one() -> None:
    with pytest.raises(InputError, match="No source here knows chain 1"):
        Names((BASE,)).parse_collection(f"ethereum:{ADDRESS}")


def test_contracts_and_collection_ids() -> None:
    assert parse_contract(f" {ADDRESS} ") == ADDRESS.lower()
    assert NAMES.parse_collection("254") == ("loopring", "254")
    assert NAMES.parse_collection("loopring:0254") == ("loopring", "254")
    assert NAMES.parse_collection("#254") == ("loopring", "254")
    with pytest.raises(InputError, match="is not a contract address"):
        parse_contract("0x1")
    for wrong in ("abc", "", "-5", "1" * 19, "2.5"):
        with pytest.raises(InputError, match="is not a collection id"):
            NAMES.parse_collection(wrong)


@pytest.mark.parametrize(
    ("names", "text", "network", "kind"),
    [
        (MANY, "10001", "loopring", RefKind.ID),
        (MANY, ADDRESS, "", RefKind.OWNER),
        (MANY, "vitalik.eth", "", RefKind.NAME),
        (MANY, f"eip155:1:{ADDRESS}", ETHEREUM, RefKind.OWNER),
        (MANY, f"EIP155:8453:{ADDRESS}", BASE, RefKind.OWNER),
        (MANY, f"ethereum:{ADDRESS}", ETHEREUM, RefKind.OWNER),
        (MANY, "base:vitalik.eth", BASE, RefKind.NAME),
        *((MANY, f"{name}:{ADDRESS}", ETHEREUM, RefKind.OWNER) for name in ("eth", "ETH", "mainnet", " eth")),
        (Names((BASE,)), f"base:{ADDRESS}", BASE, RefKind.OWNER),
        (Names((ETHEREUM,), {"eth": ETHEREUM}), f"eth:{ADDRESS}", ETHEREUM, RefKind.OWNER),
        (Names((ETHEREUM, BASE), {"eth": BASE}), f"eth:{ADDRESS}", BASE, RefKind.OWNER),
        (MANY, f"ethereum:{ADDRESS}@1", ETHEREUM, RefKind.OWNER),
        (MANY, f"ethereum:{ADDRESS}@8453?value=1e18", BASE, RefKind.OWNER),
        (MANY, f"ethereum:pay-{ADDRESS}?value=1", ETHEREUM, RefKind.OWNER),
        (MANY, "ethereum:vitalik.eth@1", ETHEREUM, RefKind.NAME),
        (MANY, f"loopring:{ADDRESS}", "loopring", RefKind.OWNER),
        (CHAIN_FIRST, ADDRESS, "", RefKind.OWNER),
        (CHAIN_FIRST, "10001", "loopring", RefKind.ID),
        (Names((ETHEREUM,)), ADDRESS, ETHEREUM, RefKind.OWNER),
        (Names((ETHEREUM,)), "vitalik.eth", ETHEREUM, RefKind.NAME),
    ],
)
def test_where_no_network_is_named_all_are_left_open_unless_there_is_one_or_it_is_a_number(
    names: Names, text: str, network: str, kind: RefKind
) -> None:
    ref = names.parse_account(text)
    assert (ref.network, ref.kind) == (network, kind)


@pytest.mark.parametrize(
    ("names", "text", "sentence"),
    [
        (
            MANY,
            f"eip155:5:{ADDRESS}",
            "No source here knows chain 5. Configured: `loopring`, `eip155:1`, `eip155:8453`.",
        ),
        (MANY, f"eip155:01:{ADDRESS}", "No source here knows “eip155:01”."),
        (MANY, f"gno:{ADDRESS}", "No source here knows chain 100. Configured: `loopring`"),
        (MANY, f"ethereum:{ADDRESS}@1/transfer?address={ADDRESS}", "is not a whole address"),
        (MANY, f"ethereum:{ADDRESS}@5", "No source here knows chain 5."),
        (MANY, f"solana:{ADDRESS}", "No source here knows “solana”."),
        (MANY, "eip155:1:10001", "`eip155:1` knows addresses"),
        (CHAIN_FIRST, "ethereum:10001", "`eip155:1` knows addresses"),
        (Names((ETHEREUM,)), "10001", "Numbers are Loopring's, which no source here knows."),
        (
            Names((ETHEREUM, "loopring", "loopring-test")),
            "10001",
            "Say which: `loopring:10001`, `loopring-test:10001`.",
        ),
    ],
)
def test_an_unknown_or_ambiguous_network_is_reported(names: Names, text: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        names.parse_account(text)
    assert sentence in caught.value.sentence


def test_a_contract_is_a_collection_of_its_chain() -> None:
    assert MANY.parse_collection(f"eip155:1:{ADDRESS}") == (ETHEREUM, ADDRESS.lower())
    assert CHAIN_FIRST.parse_collection(ADDRESS) == (ETHEREUM, ADDRESS.lower())
    with pytest.raises(InputError, match="Say which chain the contract is on"):
        MANY.parse_collection(ADDRESS)
    with pytest.raises(InputError, match="is not a collection id"):
        NAMES.parse_collection(ADDRESS)
