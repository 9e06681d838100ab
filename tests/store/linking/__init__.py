"""The tables of linking."""
