"""The archive of holdings."""
