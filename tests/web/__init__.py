"""Tests of the bot's own HTTP and of its page."""
