"""Blocks of layer 2 from nodes, on the disk."""
