"""Names and pictures for a rebuilt archive: nothing of them is in blocks, and nobody who serves them is trusted.

fetch_metadata     of NFTs, by the hashes that their ids are: ipfs_gateways
fetch_collections  of collections: contract_uris, collection_files, collection_metadata
small_files        what both are fetched with; file_server: how long a server is asked
metadata_file      what was found, kept in a row_file
"""
