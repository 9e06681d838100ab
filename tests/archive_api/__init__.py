"""Recording archives, and serving them."""
