"""Loopring's layer 2 as Ethereum has it: submitted calldata → checked blocks → transactions → what every account holds.

    submissions     the calldata of a transaction → the blocks that it submitted
    zero_runs       the compression of calldata: runs of zeros left out
    block_check     is this the block that Ethereum's event names, and does it follow the one before
    block_layout    a block → its transactions
    transactions    what they are, with the fields that the layout has
    replay          blocks in their order → owners of accounts, NFTs in slots, and every deviation
    owners_by_account  which address owns which account, and which transaction says so
    nft_slots       (account, slot) → NFT and amount, in compact arrays
    known_nfts      an NFT's identity ↔ a small number
    final_accounts  the state of a replay → its accounts
    account_state   what one account holds in the end, and how that is known
    block_errors    what is wrong with a block, and where

Pure: no file, no network, no clock. Nothing is believed but what a contract's event on Ethereum confirms.
"""
