"""Holdings recorded into a file that answers when no other source does; docs/archive-format.md describes the file.

gzip_members   gzip members, and the fixed-length one at the end
lines          values ↔ the JSON lines inside
source_names   the sources that the program itself names
index          which block contains which ids
writer         lines → a file, all at once or not at all; new_file: how a file comes to be as a whole
reader         a file → values, look-up by look-up
integrity      the full check of a file
partial        a recording under way: append-only lines
show           a file for a terminal
nft_cids       the id of an NFT → where its metadata is on IPFS
snapshot_rows  a published list of holders, as CSV; snapshot_holdings: the same as the lines of an archive
known_collections  which collection of Loopring's a contract is
compare        what differs between two archives

Recording from a source and serving over HTTP are in `bot.archive_api`, the commands in `bot.cli.archive_commands`.
"""
