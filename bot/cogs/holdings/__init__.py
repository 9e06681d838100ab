"""`/collections` and `/collection`: what accounts hold, page by page.

- `collections_cog`: the two commands.
- `growing_answer`: an answer that is shown before it is whole.
- `member_menu_cog`: what a member shares, from the menu of that member.
- `suggested_collections`: names of collections, while somebody types.
- `same_question`: the command as a button asks it.
- `shared_accounts`: which accounts another member shares, asked again at every press.
- `pages`: an account's collections, as pages.
- `summed_pages`: the same of all of a member's proven accounts together.
- `collection_pages`: one collection, its NFTs as a gallery, and each of them by itself.
- `holdings_embeds`: an account's collections as embeds.
- `collection_embeds`: one collection and its NFTs as embeds.
- `card_parts`: the colour of a collection, and the place for its name.
- `outside_links`: where more about an NFT can be read.
"""
