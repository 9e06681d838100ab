"""Names and pictures, and who serves them."""
