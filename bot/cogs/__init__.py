"""The commands. A cog parses an interaction, asks one service, and shows one answer."""
