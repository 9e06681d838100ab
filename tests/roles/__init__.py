"""Tests of `bot.roles`."""
