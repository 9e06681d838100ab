"""Which wallets of a browser the page offers: announced ones, older ones beside them, none of them twice.

The shapes are those that public reports describe; their numbers are the ids of the cases.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.web.page_browser import ICON, SIGNATURE, Visitor, visiting, wallet
from tests.web.page_server import OWNER, make_state


@pytest.fixture
async def visitor(browser: Browser) -> AsyncIterator[Visitor]:
    """Somebody who has logged in; which wallets they have is for the test to say."""
    async with visiting(browser) as visitor:
        visitor.server.state = make_state("wallet")
        yield visitor


def offered(visitor: Visitor) -> Locator:
    """The buttons of the wallets that can be chosen."""
    return visitor.page.locator(".wallets button")


# `make("Name", {marks})` is a provider of its own; `info("Name", rdns)` what is announced of one.
_SHORT = f"""
const make = (name, marks) => makeProvider({{name, addresses: ["{OWNER}"], signature: "{SIGNATURE}"}}, marks);
let last = 0;
const info = (name, rdns, more = {{}}) =>
  ({{uuid: `uuid-${{last += 1}}`, name, rdns, icon: {json.dumps(ICON)}, ...more}});
"""

SHAPES = [
    pytest.param(
        """
        window.ethereum = make("taho", {isTally: true, isMetaMask: true});
        announceWhenAsked({info: info("MetaMask", "io.metamask"), provider: make("fox", {isMetaMask: true})});
        """,
        ["MetaMask", "Taho"],
        id="guild.xyz#1161: an older wallet beside an announced one",
    ),
    pytest.param(
        """
        window.ethereum = make("claims it", {isMetaMask: true});
        announceWhenAsked({info: info("MetaMask", "io.metamask"), provider: make("fox", {isMetaMask: true})});
        """,
        ["MetaMask", "This browser's wallet"],
        id="metamask-sdk#1074: nearly every wallet says isMetaMask, so that alone hides none",
    ),
    pytest.param(
        """
        const fox = new Proxy(make("fox", {isMetaMask: true}), {deleteProperty: () => true});
        announceWhenAsked({info: info("MetaMask", "io.metamask"), provider: fox});
        window.ethereum = fox;
        """,
        ["MetaMask"],
        id="metamask-extension#19908: it announces the very object that is at window.ethereum",
    ),
    pytest.param(
        """
        const rabby = make("rabby", {isRabby: true, isMetaMask: true});
        announceWhenAsked({info: info("Rabby Wallet", "io.rabby"), provider: rabby});
        window.ethereum = new Proxy(rabby, {});
        """,
        ["Rabby Wallet"],
        id="Rabby#1442: another object at window.ethereum than it announces, with its mark",
    ),
    pytest.param(
        """
        const fox = make("fox", {isMetaMask: true});
        const coin = make("coin", {isCoinbaseWallet: true});
        window.ethereum = make("passes on", {providers: [fox, coin], isMetaMask: true, selectedProvider: null});
        """,
        ["MetaMask", "Coinbase Wallet"],
        id="metamask-extension#18760: both in providers, and one that passes on is none of its own",
    ),
    pytest.param(
        """
        const fox = make("fox", {isMetaMask: true});
        const coin = make("coin", {isCoinbaseWallet: true});
        window.ethereum = make("passes on", {providers: [fox, coin]});
        announceWhenAsked({info: info("MetaMask", "io.metamask"), provider: fox});
        """,
        ["MetaMask", "Coinbase Wallet"],
        id="appkit#1396: one of providers is announced, the other is not",
    ),
    pytest.param(
        """
        const one = make("one");
        one.providers = [one, make("okx", {isOkxWallet: true, isMetaMask: true}), null, {}, 7, one];
        window.ethereum = one;
        """,
        ["This browser's wallet", "OKX Wallet"],
        id="hive-keychain: window.ethereum is in its own providers, with what is none",
    ),
    pytest.param(
        """
        window.ethereum = make("brave", {isBraveWallet: true, isMetaMask: true});
        """,
        ["Brave Wallet"],
        id="brave-browser#45264: it announces nothing any more after Shields were down",
    ),
    pytest.param(
        """
        const rabby = make("rabby", {isRabby: true, isMetaMask: true});
        announceWhenAsked({info: info("Phantom", "app.phantom"), provider: make("ghost", {isPhantom: true})});
        window.ethereum = rabby;
        """,
        ["Phantom", "Rabby Wallet"],
        id="rainbowkit#1894: two that compete, one of them announced",
    ),
    pytest.param(
        """
        announceWhenAsked({info: info("Exodus", "com.exodus"), provider: make("exodus")});
        """,
        ["Exodus"],
        id="appkit#2769: announced, and nothing at window.ethereum",
    ),
    pytest.param(
        """
        const trust = make("trust", {isTrust: true, isTrustWallet: true});
        announceWhenAsked(
          {info: info("Trust Wallet", "com.trustwallet.app"), provider: trust},
          {info: info("Trust Wallet", "com.trustwallet.app"), provider: trust},
        );
        window.ethereum = make("trust", {isTrust: true});
        """,
        ["Trust Wallet"],
        id="test-dapp#243: the same wallet under a new uuid each time",
    ),
    pytest.param(
        """
        const info1 = {name: "XDEFI", icon: "https://wallet.example/icon.png"};
        announceWhenAsked({info: info1, provider: make("x")}, {provider: make("y")}, {info: null, provider: make("z")});
        """,
        ["XDEFI", "A wallet without a name", "A wallet without a name"],
        id="EIP6963#28: no uuid, no rdns, an icon that is no data, no info at all",
    ),
    pytest.param(
        """
        const sick = {get info() { throw new Error("sick"); }, provider: make("sick")};
        announceWhenAsked(sick, null, 7, {info: info("Nothing", "a.b")},
          {info: info("No request", "a.b"), provider: {}},
          {info: info("Well", "a.well"), provider: make("well")});
        window.ethereum = new Proxy({}, {get(_, name) { throw new Error(`no ${String(name)} here`); }});
        """,
        ["Well"],
        id="cowswap#7689: providers that throw when they are looked at",
    ),
    pytest.param(
        """
        announceWhenAsked(
          {info: info("Framework", "sh.framework"), provider: make("framework")},
          {info: info("No frame", "com.sh.frame"), provider: make("none")},
          {info: info("OKX Wallet", "com.okex.wallet"), provider: make("okx")},
        );
        window.ethereum = make("frame", {isFrame: true});
        window.ethereum.providers = [window.ethereum, make("old okx", {isOkxWallet: true})];
        """,
        ["Framework", "No frame", "OKX Wallet", "Frame"],
        id="a maker's id is the beginning of another's up to a dot, and not its letters alone",
    ),
    pytest.param(
        """
        window.ethereum = make("one");
        window.ethereum.providers = [make("two"), make("three", {isMetaMask: true}), make("four", {isMetaMask: true})];
        """,
        ["This browser's wallet", "MetaMask", "MetaMask (2)"],
        id="EIPs#5749: several of one name can be told apart",
    ),
]


@pytest.mark.parametrize(("script", "names"), SHAPES)
async def test_every_wallet_is_offered_and_none_twice(visitor: Visitor, script: str, names: list[str]) -> None:
    await visitor.installs(f"(() => {{ {_SHORT} {script} }})();")
    await visitor.opens()
    await visitor.reads("Choose your wallet")
    await expect(visitor.page.get_by_text("Looking for wallets…")).to_be_hidden()
    await expect(offered(visitor)).to_have_text(names)


async def test_the_wallet_that_was_chosen_is_the_one_that_is_asked(visitor: Visitor) -> None:
    await visitor.installs(f"""(() => {{ {_SHORT}
        const fox = make("fox", {{isMetaMask: true}});
        const coin = make("coin", {{isCoinbaseWallet: true}});
        window.ethereum = make("passes on", {{providers: [fox, coin]}});
        announceWhenAsked({{info: info("MetaMask", "io.metamask"), provider: fox}});
    }})();""")
    await visitor.opens()
    await visitor.presses("Coinbase Wallet")
    await visitor.presses("Sign in wallet")
    await visitor.reads("Linked")
    assert visitor.wallets_asked == ["coin", "coin"]


async def test_a_wallet_that_announces_itself_late_takes_the_place_of_the_old_one(visitor: Visitor) -> None:
    await visitor.installs(f"""(() => {{ {_SHORT}
        window.ethereum = make("late");
        window.announceLate = () => announce({{info: info("Late Wallet", "a.late"), provider: window.ethereum}});
    }})();""")
    await visitor.opens()
    await expect(offered(visitor)).to_have_text(["This browser's wallet"])
    await visitor.page.evaluate("announceLate()")
    await expect(offered(visitor)).to_have_text(["Late Wallet"])


async def test_a_wallet_that_is_injected_late_is_found(visitor: Visitor) -> None:
    await visitor.installs(
        f"(() => {{ {_SHORT} window.injectLate = () => {{ window.ethereum = make('late'); }}; }})();"
    )
    await visitor.opens()
    await visitor.sees("No wallet found in this browser.")
    await visitor.page.evaluate("injectLate(); dispatchEvent(new Event('ethereum#initialized'))")
    await expect(offered(visitor)).to_have_text(["This browser's wallet"])
    await expect(visitor.page.get_by_text("No wallet found")).to_be_hidden()


async def test_where_reading_window_ethereum_throws_wallets_are_looked_for_to_the_end(visitor: Visitor) -> None:
    await visitor.installs(f"""(() => {{ {_SHORT}
        Object.defineProperty(window, "ethereum", {{get() {{ throw new Error("no ethereum here"); }}}});
        window.announceLate = () => announce({{info: info("Late Wallet", "a.late"), provider: make("late")}});
    }})();""")
    await visitor.opens()
    await visitor.sees("No wallet found in this browser.")
    await visitor.page.evaluate("announceLate()")
    await expect(offered(visitor)).to_have_text(["Late Wallet"])


async def test_another_wallet_with_the_id_of_an_announced_one_can_still_be_chosen(visitor: Visitor) -> None:
    """Some copied the id from the specification's example; the first keeps its place in the list."""
    await visitor.installs(f"""(() => {{ {_SHORT}
        const copied = {{uuid: "350670db-19fa-4704-a166-e52e178b59d2"}};
        const second = make("second");
        announceWhenAsked({{info: info("First", "a.first", copied), provider: make("first")}},
          {{info: info("Second", "a.second", copied), provider: second}});
        window.ethereum = second;
    }})();""")
    await visitor.opens()
    await expect(offered(visitor)).to_have_text(["First", "This browser's wallet"])


async def test_names_of_any_length_and_height_keep_to_their_place(visitor: Visitor) -> None:
    names = ["W" * 10_000, "Z" + "\u0301" * 500 + "algo", "<b>bold</b>", "two\nlines"]
    await visitor.has(*(wallet(uuid=str(number), name=name) for number, name in enumerate(names)))
    await visitor.opens()
    shown = ["W" * 31 + "…", "Z\u0301\u0301algo", "<b>bold</b>", "two lines"]
    await expect(offered(visitor)).to_have_text(shown)
    heights = await offered(visitor).evaluate_all("(all) => all.map((one) => Math.round(one.offsetHeight))")
    assert max(heights) < 2 * min(heights)


async def test_only_pictures_in_the_announcement_itself_are_shown(visitor: Visitor) -> None:
    """Anything else would be fetched from a server that then knows who is here; the page's policy forbids it."""
    good = ICON.replace("data:image", "DATA:image")
    icons = [
        "https://wallet.example/i.png",
        "ipfs://bafy/icon",
        "blob:https://a/1",
        "data:image/png;base64,broken",
        good,
    ]
    await visitor.has(*(wallet(uuid=str(number), name=f"W{number}", icon=icon) for number, icon in enumerate(icons)))
    await visitor.opens()
    await expect(offered(visitor)).to_have_count(5)
    await expect(visitor.page.locator(".wallets img")).to_have_count(1)
    await expect(visitor.page.locator(".wallets .no-icon")).to_have_count(4)
