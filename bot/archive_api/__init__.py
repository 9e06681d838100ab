"""What is done with an archive: it is recorded from a source, and served over Loopring's v3 API."""
