"""What the bot is made of: lock files, their audit, the bill of materials, and the image."""
