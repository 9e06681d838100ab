"""Tests of bot/store/holders."""
