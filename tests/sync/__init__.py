"""Tests of bot/sync."""
