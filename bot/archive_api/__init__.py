"""Records an archive from a source, rebuilds one from blocks, and serves one over Loopring's v3 API.

record, progress      a source is asked account by account
blocks                layer 2 from Ethereum nodes into a folder, and its replay
era1                  the same from files of Ethereum's history
metadata              names and pictures for what was rebuilt
rebuilt_archive       the end of a replay → an archive
http_api, loopring_json, nft_json  an archive over Loopring's API
"""
