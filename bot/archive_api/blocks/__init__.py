"""Blocks of layer 2: fetched from Ethereum nodes into a folder, and replayed out of it.

history_nodes    several nodes: history_answers is what one answered, range_length how much is asked for at once
announced        events of blocks; agreed_events: as all nodes have them; one_node_ranges: what only one confirmed
fetch_blocks     the transactions behind the events, checked and stored
block_folder     what was stored, on the disk
replay_folder    all of it, checked and replayed
rebuild_progress one line of a terminal
"""
