"""The bot's own HTTP server. It knows nothing of Discord: what it reports is handed in."""
