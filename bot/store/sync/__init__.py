"""What sync stores: what accounts hold, and what follows for members."""
