"""Tests of what admins see of webhooks."""
