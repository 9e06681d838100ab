"""The page of an explorer or a marketplace is understood wherever an account or a collection is typed."""

from contextlib import suppress
from time import process_time

import pytest

from bot.errors import InputError
from bot.names import AccountRef, Names, RefKind, refuse_secrets

OWNER = "0x8656920c85342d646E5286Cb841F90209272ABeb"
CONTRACT = "0x19E7cFBc9e1D5eB2F1c9c9c1db13FF1a0F3d6A71"
HASH = "0x" + "ab12" * 16
NAMES = Names(("loopring", "eip155:1", "eip155:8453"), {"ethereum": "eip155:1"})


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(f"https://etherscan.io/address/{OWNER}", id="EIP-3091, otterscan#2244"),
        pytest.param(f"https://etherscan.io/address/{OWNER}#nfttransfers", id="with a tab"),
        pytest.param(f"https://etherscan.io/token/{CONTRACT}?a={OWNER}", id="a holder's part of a token"),
        pytest.param(f"https://eth.blockscout.com/address/{OWNER}?tab=tokens_nfts", id="blockscout"),
        pytest.param(f"https://www.basescan.org/address/{OWNER}", id="www"),
        pytest.param(f"etherscan.io/address/{OWNER}", id="without https"),
        pytest.param(f"https://opensea.io/{OWNER}/collected", id="opensea"),
        pytest.param(f"https://rarible.com/user/{OWNER}/owned", id="rarible"),
        pytest.param(f"https://debank.com/profile/{OWNER}", id="debank"),
        pytest.param(f"https://explorer.loopring.io/account/{OWNER}", id="loopring's explorer, by address"),
        pytest.param(f"https://app.safe.example/#/address/{OWNER}", id="behind a hash"),
        pytest.param(f"https://app.zerion.io/{OWNER}/nfts", id="the NFTs of an account"),
        pytest.param(f"https://gnosisscan.io/address/{OWNER}", id="of a chain that is not asked"),
        pytest.param(f"https://site.example/find?id={OWNER}", id="in its query"),
        pytest.param(f"https://etherscan.io/address/{OWNER}?safe=1", id="with another safe"),
        pytest.param(f"https://zapper.example/account/{OWNER}/tab/collections", id="its collections"),
    ],
)
def test_the_page_of_an_account_is_that_account(link: str) -> None:
    ref = NAMES.parse_account(f" {link} ")
    assert (ref.network, ref.kind, ref.value) == ("", RefKind.OWNER, OWNER.lower())


@pytest.mark.parametrize(
    "link",
    [
        f"https://app.safe.global/home?safe=eth:{OWNER}",
        f"https://app.safe.global/balances/nfts?safe=eth:{OWNER}",
        f"https://app.safe.global/transactions/history?safe=eth:{OWNER}",
        f"app.safe.global/home?safe=eth%3A{OWNER}",
    ],
)
def test_the_page_of_a_safe_is_that_safe_on_its_chain(link: str) -> None:
    ref = NAMES.parse_account(link)
    assert (ref.network, ref.kind, ref.value) == ("eip155:1", RefKind.OWNER, OWNER.lower())
    for other, sentence in (("gno", "No source here knows chain 100."), ("foo", "No source here knows “foo”.")):
        with pytest.raises(InputError, match=sentence):
            NAMES.parse_account(link.replace("=eth", f"={other}"))
    with pytest.raises(InputError, match="leads to a transaction, and not to an account"):
        NAMES.parse_account(f"{link}&id=multisig_{OWNER}_{HASH}")


@pytest.mark.parametrize(
    ("link", "value"),
    [
        ("https://app.ens.domains/vitalik.eth", "vitalik.eth"),
        ("https://app.ens.domains/jesse.cb.id", "jesse.cb.id"),
        ("https://app.ens.domains/name/alice.xyz/details", "alice.xyz"),
        ("https://etherscan.io/address/jesse.cb.id", "jesse.cb.id"),
        ("https://etherscan.io/name-lookup-search?id=vitalik.eth", "vitalik.eth"),
        ("https://rainbow.me/profile/vitalik.eth", "vitalik.eth"),
        *((f"vitalik.eth.{page}", "vitalik.eth") for page in ("limo", "limo/", "limo/about", "link")),
        ("https://opensea.io/vitalik.eth", "vitalik.eth"),
        ("https://opensea.io/@vitalik.eth", "vitalik.eth"),
        ("https://xn--6s9h.eth.limo", "\U0001f987.eth"),
        ("https://pay.xn--6s9h.eth.link/about", "pay.\U0001f987.eth"),
        ("https://etherscan.io/address/Vitalik.eth", "vitalik.eth"),
        ("https://app.ens.domains/trish%F0%9F%AB%A7.eth", "trish\U0001fae7.eth"),
        pytest.param("https://vitalik.eth.limo/general", "vitalik.eth", id="a page that a name serves"),
        pytest.param("https://gm.eth.xyz", "gm.eth", id="eth-xyz#64"),
    ],
)
def test_the_page_of_a_name_is_that_name(link: str, value: str) -> None:
    ref = NAMES.parse_account(link)
    assert (ref.kind, ref.value) == (RefKind.NAME, value)


@pytest.mark.parametrize(
    "link",
    [
        "https://explorer.loopring.io/account/10001",
        "https://explorer.loopring.io/account/10001-32768",
        "https://lexplorer.io/account/10001?page=2",
    ],
)
def test_the_page_of_a_number_is_that_account_of_loopring(link: str) -> None:
    ref = NAMES.parse_account(link)
    assert (ref.network, ref.kind, ref.value) == ("loopring", RefKind.ID, "10001")


def test_a_number_with_its_sign_is_that_account() -> None:
    assert NAMES.parse_account("#10001") == NAMES.parse_account("10001")


@pytest.mark.parametrize(
    ("link", "network"),
    [
        (f"https://etherscan.io/token/{CONTRACT}", "eip155:1"),
        (f"https://etherscan.io/nft/{CONTRACT}/7", "eip155:1"),
        (f"https://etherscan.io/token/{CONTRACT}?a={OWNER}", "eip155:1"),
        (f"https://basescan.org/token/{CONTRACT}#balances", "eip155:8453"),
        (f"https://eth.blockscout.com/token/{CONTRACT}/instance/5", "eip155:1"),
        (f"https://opensea.io/assets/ethereum/{CONTRACT}/5", "eip155:1"),
        (f"https://opensea.io/item/base/{CONTRACT}/5", "eip155:8453"),
        (f"https://opensea.io/assets/base/{CONTRACT}/5", "eip155:8453"),
        (f"https://rarible.com/token/ethereum/{CONTRACT}:5", "eip155:1"),
        (f"https://rarible.com/token/{CONTRACT}:5", "eip155:1"),
        (f"https://rarible.com/token/base/{CONTRACT}:0x{5:064x}", "eip155:8453"),
        (f"https://zora.co/collect/base:{CONTRACT}/1", "eip155:8453"),
        (f"https://app.zerion.io/nfts/ethereum/{CONTRACT}:1", "eip155:1"),
        (f"https://magiceden.io/item-details/ethereum/{CONTRACT}/1", "eip155:1"),
        (f"https://foundation.app/mint/eth/{CONTRACT}/1", "eip155:1"),
        (f"https://x2y2.io/eth/{CONTRACT}/1", "eip155:1"),
        (f"https://superrare.com/artwork/eth/{CONTRACT}/1", "eip155:1"),
        (f"https://rarible.com/ethereum/items/{CONTRACT}%3A5", "eip155:1"),
        pytest.param(f"https://etherscan.io/address/{CONTRACT}", "eip155:1", id="a contract's page as an account"),
        pytest.param(f"https://basescan.org/address/{CONTRACT}#code", "eip155:8453", id="the same on another chain"),
    ],
)
def test_the_page_of_a_collection_or_of_an_nft_is_that_collection(link: str, network: str) -> None:
    assert NAMES.parse_collection(link) == (network, CONTRACT.lower())


def test_the_contract_on_a_page_of_loopring_is_one_of_the_chain() -> None:
    link = f"https://explorer.loopring.io/collections/{CONTRACT}"
    assert Names(("loopring", "eip155:1")).parse_collection(link) == ("eip155:1", CONTRACT.lower())
    with pytest.raises(InputError, match="Say which chain the contract is on"):
        NAMES.parse_collection(link)


def test_the_page_of_a_number_is_that_collection_of_loopring() -> None:
    assert NAMES.parse_collection("https://explorer.loopring.io/collections/254") == ("loopring", "254")


@pytest.mark.parametrize(
    ("link", "page"),
    [
        (f"https://etherscan.io/token/{CONTRACT}", "a collection"),
        (f"https://opensea.io/assets/ethereum/{CONTRACT}/5", "a collection"),
        (f"https://etherscan.io/tx/{HASH}", "a transaction"),
        ("https://opensea.io/collection/boredapeyachtclub", "something else"),
        ("https://etherscan.io/", "something else"),
        ("https://x.com/vitalik", "something else"),
        ("https://github.com/x/y.eth", "something else"),
        ("https://github.com/user/y.eth", "something else"),
        ("github.com/y.eth", "something else"),
        ("https://site.example/files/y.eth", "something else"),
        ("https://site.example/user/john.doe", "something else"),
        (f"https://github.com/x/y?id={OWNER}", "something else"),
        ("https://app.safe.global/home?safe=eth:0x12", "something else"),
        ("https://[bad/x", "something else"),
        ("https://xn--\u00e9.eth.limo", "something else"),
    ],
)
def test_a_page_of_something_else_is_named(link: str, page: str) -> None:
    with pytest.raises(InputError) as refused:
        NAMES.parse_account(link)
    assert refused.value.sentence == (
        f"That link leads to {page}, and not to an account. Use the link of that, or its address."
    )


def test_a_slug_is_no_collection() -> None:
    with pytest.raises(InputError, match="leads to something else, and not to a collection"):
        NAMES.parse_collection("https://opensea.io/collection/boredapeyachtclub")


def test_the_hash_of_a_transaction_in_a_link_is_no_key_and_elsewhere_it_may_be_one() -> None:
    refuse_secrets(f"https://etherscan.io/tx/{HASH}")
    refuse_secrets(f"etherscan.io/tx/{HASH}")
    refuse_secrets(f"http://etherscan.io/tx/{HASH}")
    refuse_secrets(f"https://blockchair.com/ethereum/transaction/{HASH}")
    refuse_secrets(f"https://nft.gamestop.com/token/{CONTRACT}/{HASH}")
    refuse_secrets(f"https://rarible.com/token/{CONTRACT}:{HASH}")
    refuse_secrets(f"https://explorer.loopring.io/nft/{OWNER}-0-{CONTRACT}-{HASH}-10")
    for page in (f"blockchair.com/ethereum/transaction/{HASH[2:]}", f"eth.blockscout.com/op/{HASH}?tab=logs"):
        refuse_secrets(page)
    for before, behind in (("<", ">"), (" `", "`"), ("\u200b", "."), ("“", "”")):
        refuse_secrets(f"{before}https://etherscan.io/tx/{HASH}{behind}")
    for text in (
        HASH,
        f"https://a.example/{HASH}",
        f"/tx/{HASH}",
        f"https://etherscan.io/tx/{HASH} {HASH}",
        f"a.io/tx/{HASH}{HASH}",
    ):
        with pytest.raises(InputError, match="private key"):
            refuse_secrets(text)


@pytest.mark.parametrize("page", ["txs", "tokenholdings", "address-tokenpage", "nft-transfers"])
def test_a_part_of_an_account_s_page_is_that_account(page: str) -> None:
    """Etherscan has the tables of an account on pages of their own."""
    assert NAMES.parse_account(f"https://etherscan.io/{page}?a={OWNER}").value == OWNER.lower()


@pytest.mark.parametrize("page", ["eth:{}/home", "eth:{}", "home?safe=eth:{}", "eth:{}/settings/setup"])
def test_the_page_of_a_safe_is_that_of_one_chain(page: str) -> None:
    names = Names(("loopring", "eip155:1", "eip155:8453"))
    link = "https://app.safe.global/" + page.format(OWNER)
    assert names.parse_account(link) == AccountRef("eip155:1", RefKind.OWNER, OWNER.lower())
    base = names.parse_account(link.replace("eth:", "base:"))
    assert base == AccountRef("eip155:8453", RefKind.OWNER, OWNER.lower())


WORDS = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.mark.parametrize(
    "link",
    [
        f"https://app.safe.global/apps/open?safe=eth:{OWNER}&appUrl=https%3A%2F%2Fapp.ens.domains%2F",
        f"https://opensea.io/{OWNER}?search[sortAscending]=false&search[sortBy]=CREATED_DATE&search[toggles][0]=BUY_NOW",
        f"https://opensea.io/assets/ethereum/{CONTRACT}/1?utm_source=discord&utm_medium=link&utm_campaign=share",
        f"https://rarible.com/user/{OWNER}/owned?filter%5BerrorHandler%5D=&sort=latest&statuses%5B%5D=not_for_sale",
        f"https://lexplorer.io/nfts/{OWNER}-0-{CONTRACT}-{HASH}-10",
        f"https://blockscan.example/tx/mainnet/{HASH}",
        f"https://www.blockchain.com/explorer/transactions/eth/{HASH}",
        f"https://tokenview.example/explorer/tx/eth/{HASH}",
        f"https://snapshot.org/#/ens.eth/proposal/{HASH}",
    ],
)
def test_a_link_is_neither_a_key_nor_a_phrase(link: str) -> None:
    refuse_secrets(link)


@pytest.mark.parametrize(
    "text",
    [
        f"https://a.example/{WORDS.replace(' ', '-')}",
        f"https://a.example/?q={WORDS.replace(' ', '+')}",
        f"https://a.example/?q={WORDS.replace(' ', '%20')}&x=1",
        f"https://a.example/x {WORDS}",
        f"a.b/{OWNER}:{HASH}",
        f"https://etherscan.io/address/{OWNER}:{HASH}",
        f"https://etherscan.io/tx/mainnet/{HASH}{HASH[2:]}",
    ],
)
def test_a_key_or_a_phrase_in_a_link_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="private key"):
        refuse_secrets(text)


@pytest.mark.parametrize("text", ["-", "a-", ".-", "a.", "https://a/", "<"])
def test_reading_a_text_takes_time_as_it_is_long(text: str) -> None:
    """Eight times as long takes eight times as long: 64 times where each letter is looked at with each other one."""

    def seconds(length: int) -> float:
        typed = (text * length)[:length]
        times = []
        for _ in range(5):
            start = process_time()
            for read in (refuse_secrets, NAMES.parse_account):
                with suppress(InputError):
                    read(typed)
            times.append(process_time() - start)
        return min(times)

    assert seconds(8_000) < 24 * seconds(1_000)
