"""Attacks on the real handlers, the real bot process and Chromium, as tests."""
