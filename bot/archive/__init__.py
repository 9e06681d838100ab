"""Holdings recorded into a file that answers when nobody else does; docs/archive-format.md describes the file.

members     gzip members, and the fixed-length one at the end
lines       values ↔ the JSON lines inside
writer      lines → a file, all at once or not at all      reader   a file → values, look-up by look-up
verify      the full check of a file
partial     a recording under way: append-only lines       record   a source → a partial, account by account
loopring    values → the JSON of Loopring's v3 API         serve    a file, offered over that API
show        a file for a terminal                          command  `tessera archive …`
"""
