"""Where holdings come from: one file per source, and the polite HTTP client they share. Nothing here knows Discord."""
