"""Tests of the gates' rules: their text, their answers, their sentences."""
