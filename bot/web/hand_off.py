"""The links by which a proof goes on in another browser: as a QR code, to copy, and for the browsers inside wallets.

The address that is copied or scanned has its token in the fragment, as Discord's link has. Links into wallets pass
through the wallet makers' own addresses, and MetaMask drops a fragment: there the token is in the query. It gives
nobody anything: all it opens is a login, which only the person who ran the command passes. Somebody else who logs in
by it before they have done so anywhere ends the session, as by the link from Discord; later only that browser is
refused.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote


def hand_off_links(origin: str, token: str) -> dict[str, Any]:
    """What the page's script shows.

    Args:
        origin: The page's.
        token: Of the link for another browser.
    """
    import segno  # noqa: PLC0415 - 2 MB that a bot without a page, or before its first proof, does not need

    url, through_apps = f"{origin}/v#t={token}", f"{origin}/v?t={token}"
    code = segno.make(url, error="m", boost_error=False, micro=False)
    return {
        "url": url,
        "qr": code.svg_data_uri(scale=4, border=4, dark="#000", light="#fff", xmldecl=False),
        "apps": [{"name": name, "url": link} for name, link in _apps(through_apps)],
    }


def _apps(url: str) -> list[tuple[str, str]]:
    """The wallets' documented links that open a page in their own browser (docs/compatibility.md names where)."""
    encoded = quote(url, safe="")
    in_okx = quote(f"okx://wallet/dapp/url?dappUrl={encoded}", safe="")
    return [
        ("MetaMask", f"https://link.metamask.io/dapp/{url.partition('://')[2]}"),
        ("Coinbase Wallet", f"https://go.cb-w.com/dapp?cb_url={encoded}"),
        ("Trust Wallet", f"https://link.trustwallet.com/open_url?coin_id=60&url={encoded}"),
        ("Rainbow", f"https://rnbwapp.com/dapp?url={encoded}"),
        ("OKX Wallet", f"https://web3.okx.com/download?deeplink={in_okx}"),
    ]
