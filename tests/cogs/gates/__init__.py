"""Sync over real discord.py, and the commands about gates."""
