"""Tests of bot/lookup."""
