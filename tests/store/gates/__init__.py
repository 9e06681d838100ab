"""The tables of gates and settings."""
