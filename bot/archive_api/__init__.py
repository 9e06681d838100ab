"""Records an archive from a source, and serves one over Loopring's v3 API."""
