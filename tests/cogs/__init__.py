"""What members see of each feature."""
