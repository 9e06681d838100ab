"""Tests of linking: who owns what, who may say so, and what is stored of it."""
