"""Where a page for proofs may be, as texts name it: a public name under https, or this very machine."""

from __future__ import annotations

import pytest

from bot.signing.challenge import site_of
from tests.signing.test_challenge import changed


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://verify.example.org", "verify.example.org"),
        ("https://verify.example.org:8443", "verify.example.org:8443"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("https://ab.co:1999", "ab.co:1999"),
        ("https://0.9.x", "0.9.x"),
        ("https://0-90-9.c-90-9", "0-90-9.c-90-9"),
        (f"https://{'9' * 63}.c{'9' * 62}:65535", f"{'9' * 63}.c{'9' * 62}:65535"),
        ("https://example.org/tessera/bot", "example.org"),
        ("http://localhost:8766", "localhost:8766"),
        ("http://localhost:9", "localhost:9"),
        ("http://localhost:90909", "localhost:90909"),
        ("https://example.org:9/09AZaz._~-/9", "example.org:9"),
        ("https://localhost", "localhost"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
    ],
)
def test_the_places_a_page_may_be_at(url: str, domain: str) -> None:
    assert site_of(url) == (domain, f"{url}/v")
    text = changed(domain=domain, uri=f"{url}/v").sign_in_text()
    assert text.startswith(f"{domain} wants you to sign in with your Ethereum account:\n")
    assert f"\nURI: {url}/v\n" in text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "verify.example.org",
        "http://verify.example.org",
        "ftp://verify.example.org",
        "https://Verify.Example.org",
        "https://verify.example.org/",
        "https://verify.example.org//",
        "https://verify.example.org?x",
        "https://verify.example.org#x",
        "https://alice@verify.example.org",
        "https://verify.example.org:0",
        "https://verify.example.org:123456",
        "http://localhost:123456",
        "https://verify.example.org\n",
        "https://verify.example.org\nevil",
        "https://verify .example.org",
        "https://bücher.example",
        "https://-a.example",
        "https://" + "a" * 64 + ".example",
        "https://example." + "a" * 64,
        "https://example.9a",
        "https://" + "a." * 130 + "example",
        "https://example",
        "https://10.0.0.5",
        "https://8.8.8.8",
        "https://[::1]",
        "https://nas.local",
        "https://bot.home.arpa",
        "https://bot.internal:8443",
        "https://bot.lan/tessera",
        "https://evil.localhost",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "https://access Loopring Exchange.example",
    ],
)
def test_the_places_it_may_not(url: str) -> None:
    with pytest.raises(ValueError, match="needs https:// and a public name in lower case, or is on localhost"):
        site_of(url)
    with pytest.raises(ValueError, match="page"):
        changed(domain=url.removeprefix("https://") or "x", uri=f"{url}/v")


def test_a_url_ends_at_255_characters() -> None:
    longest = "https://verify.example.org/".ljust(255, "x")
    assert site_of(longest) == ("verify.example.org", f"{longest}/v")
    with pytest.raises(
        ValueError, match=r"^a page for proofs needs https:// and a public name in lower case, or is on localhost$"
    ):
        site_of(longest + "x")
