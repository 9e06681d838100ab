"""Tests of the log of events, and of endpoints."""
