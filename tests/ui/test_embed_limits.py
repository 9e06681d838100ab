"""Discord's limits hold for any input: it refuses a whole message for one unit too many."""

from collections.abc import Sequence
from datetime import UTC, datetime

import discord
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cogs.holdings import collection_embeds, holdings_embeds
from bot.errors import InputError, UnavailableError
from bot.holdings import LOOPRING, Account, Collection, Holding, Holdings, Nft, Owner
from bot.messages import Message
from bot.reasons import as_recorded
from bot.text import safe_pages, utf16_units
from bot.ui import embeds

GATEWAYS = ("https://gateway.example/ipfs/",)
CID = "QmQvvVRgBKBszZkTdNmJdk8KaoLuifPSzaoWS5oSvznmNU"
AS_OF = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OWNER = "0xdf235d728e2626cc9259df5f466def7464838b19"

PIECES = ["a", "word ", "好", "😀", "*", "_", "\\", "@everyone", "\n", "[x](https://evil.example)", "&amp;", "é\u0301"]
TEXT = st.builds(lambda piece, times: piece * times, st.sampled_from(PIECES), st.integers(0, 1500)) | st.text(
    max_size=60
)
URIS = st.lists(st.sampled_from([f"ipfs://{CID}", "https://a.example/" + "x" * 1000, "http://x", ""]), max_size=3)
MOMENTS = st.none() | st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants it naive


COLLECTIONS = st.builds(
    Collection,
    network=st.just(LOOPRING),
    collection_id=st.integers(0, 2**63 - 1).map(str),
    name=TEXT,
    description=TEXT,
    contract_address=st.just(OWNER) | TEXT,
    owner=st.just(OWNER) | TEXT,
    nft_type=st.just("ERC1155") | TEXT,
    deploy_status=st.just("DEPLOYED") | TEXT,
    avatar_uris=URIS.map(tuple),
    banner_uris=URIS.map(tuple),
    created_at=MOMENTS,
    updated_at=MOMENTS,
    properties=st.builds(
        lambda name, count: tuple((f"{name}{number}", True) for number in range(count)),
        st.sampled_from(PIECES),
        st.integers(0, 1000),
    ),
)
ROWS = st.builds(Holding, COLLECTIONS, st.integers(1, 2**64))
NFTS = st.builds(
    Nft,
    key=st.just("k"),
    nft_id=TEXT,
    copies=st.integers(1, 2**256),
    name=TEXT,
    description=TEXT,
    image_uris=URIS,
    traits=st.none() | st.lists(st.tuples(TEXT, TEXT), max_size=30).map(tuple),
)


def over_limits(message: Sequence[discord.Embed]) -> list[str]:
    """What Discord would refuse; lengths in UTF-16 units, its strictest reading."""
    lengths = [("all", sum(map(len_of, message)), 6000), ("embeds", len(message), 10)]
    for embed in message:
        body = embed.to_dict()
        lengths += [
            ("title", utf16_units(body.get("title") or ""), 256),
            ("description", utf16_units(body.get("description") or ""), 4096),
            ("footer", utf16_units(embed.footer.text or ""), 2048),
            ("fields", len(embed.fields), 25),
        ]
        for field in embed.fields:
            lengths += [
                ("field name", utf16_units(field.name or ""), 256),
                ("field value", utf16_units(field.value or ""), 1024),
            ]
            assert field.name
            assert field.value
        lengths += [
            ("url", len(url or ""), 2048) for url in (embed.thumbnail.url, embed.image.url, embed.footer.icon_url)
        ]
    return [f"{what}: {length} > {limit}" for what, length, limit in lengths if length > limit]


def len_of(embed: discord.Embed) -> int:
    """Title, description, fields, footer and author: what counts towards the 6,000."""
    texts = [embed.title, embed.description, embed.footer.text, embed.author.name]
    texts += [text for field in embed.fields for text in (field.name, field.value)]
    return sum(utf16_units(text) for text in texts if text)


@settings(max_examples=25, deadline=None)
@given(st.lists(ROWS, max_size=6), st.integers(0, 1), TEXT, TEXT, TEXT, st.booleans())
def test_a_page_of_holdings_keeps_the_limits(
    rows: list[Holding],
    page: int,
    incomplete_reason: str,
    stale: str,
    name: str,
    reading: bool,  # noqa: FBT001 - given by position
) -> None:
    account = Account(LOOPRING, "4294967295")
    holdings = Holdings(
        account,
        AS_OF,
        tuple(rows),
        complete=not incomplete_reason,
        incomplete_reason=as_recorded(incomplete_reason),
        stale_reason=as_recorded(stale),
        total=2**63,
    )
    message = holdings_embeds.holdings_embeds(
        holdings.shown(hide_scam=False), page, owner=Owner(OWNER, name), reading=reading, gateways=GATEWAYS
    )
    assert over_limits(message) == []
    assert message[0].description
    assert len(message) == 1 + len(rows[page * 5 : page * 5 + 5])


@settings(max_examples=25, deadline=None)
@given(COLLECTIONS, st.lists(NFTS, max_size=4), TEXT)
def test_a_collection_with_nfts_keeps_the_limits(
    collection: Collection, nfts: list[Nft], incomplete_reason: str
) -> None:
    for description in (safe_pages(collection.description, 3000) or [""])[:2]:
        whole = collection_embeds.collection_embed(
            collection, description=description, held="3 kinds", source_label="Loopring", as_of=AS_OF, gateways=GATEWAYS
        )
        message = embeds.fit(
            [
                whole,
                *collection_embeds.gallery_embeds(collection, nfts, 1, GATEWAYS),
                holdings_embeds.incomplete_embed(as_recorded(incomplete_reason)),
            ]
        )
        assert over_limits(message) == []
        assert len(message) <= 2 + max(1, len(nfts))
    for nft in nfts:
        item = collection_embeds.item_embed(
            collection, nft, "1 of 4", source_label="Loopring", as_of=AS_OF, gateways=GATEWAYS
        )
        assert over_limits(embeds.fit([item])) == []


@settings(max_examples=100, deadline=None)
@given(TEXT)
def test_an_incomplete_list_and_an_error_keep_the_limits(words: str) -> None:
    assert over_limits([holdings_embeds.incomplete_embed(as_recorded(words))]) == []
    for error in (InputError(Message("{words}"), words=words), UnavailableError(Message("{words}"), words=words)):
        assert over_limits([embeds.error_embed(error)]) == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.builds(lambda text: text[:4000], TEXT), min_size=1, max_size=10))
def test_what_is_too_much_for_one_message_is_cut_and_no_embed_is_lost(texts: list[str]) -> None:
    # Four thousand emoji are too long for one description already; that is not what fit() is for.
    message = [discord.Embed(title="t", description=text[: 4000 if text.isascii() else 2000]) for text in texts]
    before = [replaced.copy() for replaced in message]
    after = embeds.fit(message)
    assert over_limits(after) == []
    assert len(after) == len(texts)
    if sum(map(len_of, before)) <= 6000:
        assert [each.description or "" for each in after] == [each.description or "" for each in before]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(TEXT, max_size=25), min_size=1, max_size=10), TEXT)
def test_fields_are_cut_where_they_are_too_long_or_too_many(values: list[list[str]], description: str) -> None:
    message = [discord.Embed(title="t", description=description) for _ in values]
    for embed, theirs in zip(message, values, strict=True):
        for value in theirs:
            embed.add_field(name="name", value=value or "-", inline=False)
    is_right = over_limits(message) == []
    assert embeds.is_within_limits(message) == is_right
    whole = [embed.to_dict() for embed in message]
    before = [len(embed.fields) for embed in message]
    after = embeds.fit([embed.copy() for embed in message])
    assert over_limits(after) == []
    assert [len(embed.fields) for embed in after] == before
    if is_right:
        assert [embed.to_dict() for embed in after] == whole


def test_the_count_towards_the_limit_is_as_discord_counts() -> None:
    embed = discord.Embed(title="title", description="words").add_field(name="name", value="value").set_footer(text="f")
    assert embeds.embed_units(embed) == len_of(embed) == len(embed)
    assert embeds.embed_units(discord.Embed(description="😀")) == 2
