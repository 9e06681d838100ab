"""Webhooks that are sent.

webhooks      what admins do with endpoints: add, test, rotate, pause, replay, remove
delivering    who is delivered to next, and what follows from each attempt
posting       one request: to a public address, without redirects, within ten seconds
"""
