"""The commands that link accounts and prove them, and what members are notified of."""
