"""Tests of bot/holders, and of what makes its values."""
