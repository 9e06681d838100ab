"""A made history of Loopring's layer 2, as Ethereum has it: blocks in calldata, their events, and what must come out.

layouts    transactions and blocks as bytes: Loopring's layout, written by itself
calldata   blocks as the calldata of a transaction: three layouts, two submitters, runs of zeros left out
ledger     the balances and owners, kept while the history is made
rollup     transactions, one by one, into blocks
submissions  blocks, in the transactions of Ethereum that submitted them
history    many of them at random; and the demo's own community
l1_chain   the submissions in blocks of Ethereum, with headers: rlp, ordered_trie
era1       these blocks as files
"""
