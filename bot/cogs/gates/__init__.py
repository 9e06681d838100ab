"""Gates and sync in Discord: what sync needs of it over discord.py, and the commands of admins."""
