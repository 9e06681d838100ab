"""Upstream URLs never lead anywhere private, and the picture that was meant is the one that is shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import safe_image_url

GATEWAY = "https://gateway.example/ipfs/"
ARWEAVE = "https://arweave.example/"
GATEWAYS = [GATEWAY, ARWEAVE]
CID = "QmQvvVRgBKBszZkTdNmJdk8KaoLuifPSzaoWS5oSvznmNU"
CID_V1 = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"
# The same CID as CID_V1, in the other bases that gateways take.
CID_36 = "k2jmtxx8zvg8f36a7wyz1gu9kzcl9gdmo47l1w0yo8c3bjjrxtucsjmw"
CID_16 = "f01701220" + "5d" * 32
KEY = "k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8"
TRANSACTION = "uDGFerrdx_qDPotWYfTxUk6-_dkgooSRACbp4AUiCXw"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"ipfs://{CID}", f"{GATEWAY}{CID}"),
        (f"ipfs://ipfs/{CID}", f"{GATEWAY}{CID}"),
        (f"IPFS://{CID}/0.jpg", f"{GATEWAY}{CID}/0.jpg"),
        (f"ipfs://{CID}/ä b.png".replace(" ", ""), f"{GATEWAY}{CID}/%C3%A4b.png"),
        (f"ipfs:/{CID}", f"{GATEWAY}{CID}"),
        (f"/ipfs/{CID}", f"{GATEWAY}{CID}"),
        (CID, f"{GATEWAY}{CID}"),
        (f"ipfs://{CID_V1}", f"{GATEWAY}{CID_V1}"),
        (f"https://ipfs.io/ipfs/{CID}", f"https://ipfs.io/ipfs/{CID}"),
        ("https://d2y691019xyzhi.cloudfront.net/ab-original", "https://d2y691019xyzhi.cloudfront.net/ab-original"),
        ("https://a.example:443/x.png?w=1", "https://a.example:443/x.png?w=1"),
        (f"ipfs://{CID}/a%20b-._~!$&'()*+,;=:@", f"{GATEWAY}{CID}/a%20b-._~!$&'()*+,;=:@"),
        (
            "https://A.io/é/%20:@!$&()*+,;=~-._?é/%20:@!$&()*+,;=~-._?#é",
            "https://a.io/%C3%A9/%20:@!$&()*+,;=~-._?%C3%A9/%20:@!$&()*+,;=~-._?",
        ),
        ("https://a.io/é?", "https://a.io/%C3%A9"),
        pytest.param("https://a.io/" + "é" * 300, "https://a.io/" + "%C3%A9" * 300, id="quoted"),
        pytest.param("https://a.io/" + "x" * 2035, "https://a.io/" + "x" * 2035, id="as long as Discord takes"),
    ],
)
def test_usable_picture(url: str, shown: str) -> None:
    assert safe_image_url(url, [GATEWAY]) == shown


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "ipfs://0x160704909985cb8175c6df5823cc4cb91198b43f73ca8edc8cdf15f22f365cbf",
        f"ipfs://{CID}/../../admin",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "http://a.example/x.png",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://localhost/x",
        "https://printer.local/x",
        "https://db.internal/x",
        "https://user:pw@a.example/x",
        "https://user@a.example/x",
        "https://:pw@a.example/x",
        "https://a.example\\x/y",
        "https://a.example\\.evil.example/x",
        "https:\\\\a.example/x",
        "https://a.example:8443/x",
        "https://a.example:bad/x",
        "https://a.example\\@evil.example/x",
        "https://a exa.mple/x",
        "https://a.example/\u202egnp.x",
        "https:///x",
        "https://nodots/x",
        "https://a.example/" + "x" * 2048,
        pytest.param("https://a.io/" + "é" * 1000, id="too long once it is quoted"),
        pytest.param(f"ipfs://{CID}/" + "é" * 500, id="ipfs, too long once it is quoted"),
        pytest.param(GATEWAY + "x" * 2048, id="too long below a gateway"),
        "https://[bad/x",
    ],
)
def test_unsafe_picture_is_dropped(url: str | None) -> None:
    assert safe_image_url(url, [GATEWAY]) is None


# Each of these was reported somewhere by people who saw another picture than the one that was meant, or none.
@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param(
            f"ipfs://{CID_V1}/Wookz#525.png", f"{GATEWAY}{CID_V1}/Wookz%23525.png", id="hiero-mirror-node-explorer#2401"
        ),
        pytest.param(f"ipfs://{CID}/AOJET#Final.png", f"{GATEWAY}{CID}/AOJET%23Final.png", id="Lexplorer#220"),
        pytest.param(
            f"https://ipfs.io/ipfs/{CID}/Fox #7.png",
            f"https://ipfs.io/ipfs/{CID}/Fox%20%237.png",
            id="by gateway",
        ),
        pytest.param(f"ipfs://{CID}/who?.png", f"{GATEWAY}{CID}/who%3F.png", id="question mark in a name"),
        pytest.param(
            f"https://{CID_V1}.ipfs.dweb.link/Fox%20#7.png",
            f"https://{CID_V1}.ipfs.dweb.link/Fox%20%237.png",
            id="a gateway by host",
        ),
        pytest.param(
            f"https://ipfs.io/ipns/{KEY}/a #1.png", f"https://ipfs.io/ipns/{KEY}/a%20%231.png", id="IPNS by a gateway"
        ),
        pytest.param(
            f"https://arweave.net/{TRANSACTION}/a #1.png",
            f"https://arweave.net/{TRANSACTION}/a%20%231.png",
            id="Arweave by its gateway",
        ),
        pytest.param(
            f"https://ipfs.io/ipfs/ipfs/{CID}/#1.png", f"https://ipfs.io/ipfs/ipfs/{CID}/%231.png", id="ipfs twice"
        ),
        pytest.param(
            f"ipfs://{CID}/\U0001f469\u200d\U0001f467.png",
            f"{GATEWAY}{CID}/%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7.png",
            id="a joined emoji in a name",
        ),
        pytest.param(f"ipfs://{CID}/a\u3000b.png", f"{GATEWAY}{CID}/a%E3%80%80b.png", id="a wide blank"),
        pytest.param(f"ipfs://{CID}/50% off.png", f"{GATEWAY}{CID}/50%25%20off.png", id="a lone percent sign"),
        pytest.param(f"ipfs://{CID}/100%25.png", f"{GATEWAY}{CID}/100%25.png", id="a percent sign, escaped already"),
        pytest.param(f"ipfs://{CID}/a%zz%2", f"{GATEWAY}{CID}/a%25zz%252", id="percent signs that escape nothing"),
        pytest.param(f"ipfs://{CID}/a\\b^`|.png", f"{GATEWAY}{CID}/a%5Cb%5E%60%7C.png", id="what no URL may contain"),
        pytest.param(
            f"https://x.example/ipfs/{CID}/a#b.png?w=5",
            f"https://x.example/ipfs/{CID}/a%23b.png?w=5",
            id="query",
        ),
        pytest.param(f"ipfs://{CID}?filename=a.png", f"{GATEWAY}{CID}", id="no name that it could belong to"),
        pytest.param(f"ipfs://{CID}#7", f"{GATEWAY}{CID}", id="nor a fragment"),
        pytest.param(f"  ipfs://{CID}/1.png\n", f"{GATEWAY}{CID}/1.png", id="blanks around"),
        pytest.param("\thttps://a.example/1.png ", "https://a.example/1.png", id="blanks around https"),
        pytest.param("https://a.example/my cat.png", "https://a.example/my%20cat.png", id="blank in https"),
        pytest.param("https://a.example/1%.png?q=5%", "https://a.example/1%25.png?q=5%25", id="lone percent in https"),
        pytest.param('https://a.example/"<x>[1]".png', "https://a.example/%22%3Cx%3E%5B1%5D%22.png", id="RFC 3986"),
        pytest.param(
            'https://a.example/x"<>\\^`{|} y.png?q="<>\\^`{|} z',
            "https://a.example/x%22%3C%3E%5C%5E%60%7B%7C%7D%20y.png?q=%22%3C%3E%5C%5E%60%7B%7C%7D%20z",
            id="Discord.Net#1897: what Discord may refuse",
        ),
        pytest.param(f"ipfs://{CID_36}/1.png", f"{GATEWAY}{CID_36}/1.png", id="base36"),
        pytest.param(f"ipfs://{CID_16}", f"{GATEWAY}{CID_16}", id="nftstorage.link#111, base16"),
        pytest.param(f"ipfs://{CID_V1.upper()}", f"{GATEWAY}{CID_V1.upper()}", id="base32 in capitals"),
        pytest.param(f"ipns://{KEY}/1.png", f"https://gateway.example/ipns/{KEY}/1.png", id="kubo#9749"),
        pytest.param(
            "ipns://docs.example.org/a b.png", "https://gateway.example/ipns/docs.example.org/a%20b.png", id="DNSLink"
        ),
        pytest.param(f"/ipns/{KEY}", f"https://gateway.example/ipns/{KEY}", id="ipns path"),
        pytest.param(f"ipns://ipns/{KEY}", f"https://gateway.example/ipns/{KEY}", id="ipns twice"),
        pytest.param(f"ar://{TRANSACTION}", f"{ARWEAVE}{TRANSACTION}", id="veworld-mobile#1790"),
        pytest.param(f"AR://{TRANSACTION}/7 #1.png", f"{ARWEAVE}{TRANSACTION}/7%20%231.png", id="a path of Arweave"),
        pytest.param(
            f"https://x.arweave.net/{TRANSACTION}?ext=png",
            f"https://x.arweave.net/{TRANSACTION}?ext=png",
            id="ArweaveTeam/arweave#743",
        ),
    ],
)
def test_the_file_that_was_meant_is_shown(url: str, shown: str) -> None:
    assert safe_image_url(url, GATEWAYS) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("https://a.example/{id}.png", f"https://a.example/{5:064x}.png", id="ens-metadata-service#69"),
        pytest.param(f"ipfs://{CID}/{{id}}", f"{GATEWAY}{CID}/{5:064x}", id="alpha-wallet-android#3309"),
        pytest.param("https://a.example/0x{id}.png", f"https://a.example/0x{5:064x}.png", id="with 0x before it"),
        pytest.param("https://a.example/{id}/{id}.png", f"https://a.example/{5:064x}/{5:064x}.png", id="twice"),
        pytest.param("https://a.example/%7Bid%7D.png", f"https://a.example/{5:064x}.png", id="alpha-wallet-ios#6997"),
    ],
)
def test_the_token_id_stands_where_erc_1155_wants_it(url: str, shown: str) -> None:
    assert safe_image_url(url, GATEWAYS, token_id=5) == shown
    assert safe_image_url(url, GATEWAYS) is None  # there is no file of that name


@pytest.mark.parametrize(
    "name",
    [
        *("1.mp4", "1.MP4", "1.webm", "1.mov", "1.m4v", "1.ogv", "1.avi", "1.mp3", "1.wav", "1.html", "1.htm"),
        *("1.svg", "1.svgz", "1.glb", "1.gltf", "1.pdf", "1.json", "a%2Emp4", "1.svg?w=5"),
    ],
)
def test_what_is_no_picture_by_its_ending_is_not_shown(name: str) -> None:  # artbot#492, Nameless#2900, c0d3-app#1072
    assert safe_image_url(f"https://a.example/{name}", GATEWAYS) is None
    assert safe_image_url(f"{GATEWAY}{CID}/{name}", GATEWAYS) is None


@pytest.mark.parametrize(
    "url",
    [
        f"ipfs://{CID}/film.mp4#t=0.5",
        f"ipfs://{CID}/page.html?id=7",
        f"ipfs://{CID}/film.mp4?x",
        "https://a.example/a.svg%20",
        "https://a.example/a.svg;v=1",
        "https://a.example/film.webm?w=500#t=1",
    ],
)
def test_a_part_of_a_film_is_no_picture(url: str) -> None:
    assert safe_image_url(url, GATEWAYS) is None


@pytest.mark.parametrize("name", ["1.png", "1.gif", "1.webp", "1.avif", "1.jpeg", "1", "mp4", "1.mp4.png", "svg/1.png"])
def test_what_may_be_a_picture_is_shown(name: str) -> None:
    assert safe_image_url(f"https://a.example/{name}", GATEWAYS) == f"https://a.example/{name}"


@pytest.mark.parametrize("url", [f"ar://{TRANSACTION}", "ar://ardrive", "ar://abc"])
def test_what_no_configured_gateway_has_is_not_shown(url: str) -> None:
    assert safe_image_url(url, [GATEWAY]) is None


def test_a_gateway_without_ipfs_in_its_path_knows_no_ipns() -> None:
    assert safe_image_url(f"ipns://{KEY}", ["https://gateway.example/"]) is None


@pytest.mark.parametrize("path", ["..", "%2e%2e", "a/../..", "%2E./x"])
@pytest.mark.parametrize("root", [f"ipfs://{CID}", f"ipns://{KEY}", f"ar://{TRANSACTION}", f"{GATEWAY}{CID}"])
def test_no_path_leads_out_of_its_root(root: str, path: str) -> None:
    assert safe_image_url(f"{root}/{path}", GATEWAYS) is None


def test_without_a_gateway_ipfs_has_no_picture() -> None:
    assert safe_image_url(f"ipfs://{CID}", []) is None


def test_urls_below_a_configured_gateway_are_the_operators_choice() -> None:
    local = "http://127.0.0.1:8765/ipfs/"
    assert safe_image_url(f"{local}{CID}", [local]) == f"{local}{CID}"
    assert safe_image_url("http://127.0.0.1:8765/admin", [local]) is None


@settings(max_examples=2000, deadline=None)
@given(st.text(max_size=80))
def test_no_url_of_any_form_becomes_something_else_than_https(url: str) -> None:
    shown = safe_image_url(url, [GATEWAY])
    assert shown is None or (shown.startswith("https://") and shown.isascii() and " " not in shown)
