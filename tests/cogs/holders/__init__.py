"""Tests of the commands about holders."""
