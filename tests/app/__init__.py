"""The running bot's frame."""
