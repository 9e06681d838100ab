"""Tests of outgoing webhooks: delivery, and what admins do with endpoints."""
