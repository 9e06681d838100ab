"""Loopring's layer 2 as Ethereum has it: submitted calldata → checked blocks → transactions → what every account holds.

    submissions     the calldata of a transaction → the blocks that it submitted
    zero_runs       the compression of calldata: runs of zeros left out
    block_check     is this the block that Ethereum's event names, and does it follow the one before
    transactions    a block → its transactions, with the fields that the layout has
    replay          blocks in their order → owners of accounts, NFTs in slots, and every deviation
    nft_slots       (account, slot) → NFT and amount, in compact arrays
    known_nfts      an NFT's identity ↔ a small number
    account_state   what one account holds in the end, and how that is known
    block_errors    what is wrong with a block, and where

Pure: no file, no network, no clock. Nothing is believed but what a contract's event on Ethereum confirms.
"""
