"""Outgoing webhooks as values: what happened, where it is sent, how that is signed, and when it is tried again.

event              what a server's log has: numbered, and the body that is sent of it
endpoint           an address of a server's own, and how delivery to it goes
delivery_failure   why a delivery failed, in a sentence
retry_pauses       when the next attempt is made, and when no more are
webhook_signature  an endpoint's secret, made from the operator's key, and the headers that it signs
"""
