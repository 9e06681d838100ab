"""The commands that link and prove accounts, and the notifications about them."""
