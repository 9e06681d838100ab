"""Blocks of layer 2 out of era1 files, which hold Ethereum's history from before the merge; and what these prove.

era1_file      where everything is in a file: snappy_frames, rlp_items unpack it
era1_events    the events in it, proven by its headers: l1_header, merkle_trie
chain_proof    which files lead to a known hash: taken_files, known_blocks
fetch_era1     files → the folder of blocks
"""
