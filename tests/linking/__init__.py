"""Tests of linking: who owns what, who may say so, and what is kept of it."""
