"""The store's file, its lock and its backups."""
