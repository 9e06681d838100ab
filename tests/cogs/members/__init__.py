"""What members and moderators see of roles."""
