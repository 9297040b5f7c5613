"""What titles are allowed and worth. Pure."""
