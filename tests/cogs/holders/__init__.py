"""Tests of bot/cogs/holders."""
