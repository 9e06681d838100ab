"""Signed outgoing webhooks: what happens in a server, sent to its own tools, in order and at least once.

values/     pure: what happened, where it is sent, how that is signed, when it is tried again
delivery/   what admins do with endpoints, and who is delivered to next
"""
