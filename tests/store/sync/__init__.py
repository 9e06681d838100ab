"""Tests of bot/store/sync."""
