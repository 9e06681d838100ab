"""Linking, as members see it."""
