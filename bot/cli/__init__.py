"""The command line: what it is asked, and what it prints."""
