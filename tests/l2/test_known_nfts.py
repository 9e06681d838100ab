"""Numbers for NFTs are what a dictionary would give, however many there are."""

from __future__ import annotations

from random import Random

from bot.l2.known_nfts import NO_NFT, UNKNOWN_NFT, KnownNfts, NftIdentity


def test_every_nft_keeps_its_number_and_every_number_its_nft() -> None:
    random = Random(3)  # noqa: S311 - no secret
    addresses = [random.randbytes(20) for _ in range(9)]
    nfts, expected = KnownNfts(), dict[NftIdentity, int]()
    # The table grows several times, and each part alone makes another NFT.
    for _ in range(20_000):
        nft = NftIdentity(
            random.choice(addresses),
            random.randrange(200).to_bytes(32, "big"),
            random.choice(addresses),
            random.randrange(2),
            random.choice((0, 10)),
        )
        number = nfts.number(nft)
        assert expected.setdefault(nft, number) == number
    assert len(nfts) == len(expected) == len(set(expected.values())) > 10_000
    assert {NO_NFT, UNKNOWN_NFT}.isdisjoint(expected.values())
    assert all(nfts.identity(number) == nft and nfts.number(nft) == number for nft, number in expected.items())
