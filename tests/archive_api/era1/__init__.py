"""Blocks out of era1 files, and their proof."""
