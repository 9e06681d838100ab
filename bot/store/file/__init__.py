"""The store's file: opening and locking it, examining it, and its backups."""
