"""Records an archive from a source, rebuilds one from blocks, and serves one over Loopring's v3 API.

record, progress      a source is asked account by account
fetch_blocks          blocks from nodes: history_nodes, history_answers, announced, agreed_events, one_node_ranges,
                      range_length
block_folder          blocks that were fetched, on the disk
replay_folder         all of them, checked and replayed
fetch_era1            blocks from files: era1_file, snappy_frames, rlp_items
era1_events           proven by headers: l1_header, merkle_trie
chain_proof           which files lead to a known hash: taken_files, known_blocks
fetch_metadata        names and pictures of its NFTs: ipfs_gateways
fetch_collections     of its collections: contract_uris, collection_files, collection_metadata
small_files           what both are fetched with: file_server; and kept in: metadata_file, row_file
rebuilt_archive       the end of a replay → an archive
http_api, loopring_json, nft_json  an archive over Loopring's API
"""
