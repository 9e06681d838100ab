"""Tests of what is known of holders, and of what becomes of it."""
