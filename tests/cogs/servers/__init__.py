"""What admins set up."""
