"""The command line: its arguments, and what it prints."""
