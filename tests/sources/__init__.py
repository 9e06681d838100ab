"""Tests of bot/sources."""
