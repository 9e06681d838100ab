"""What outgoing webhooks store: endpoints, and the log of events of each server that has one."""
