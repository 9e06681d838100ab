"""What adversaries try, each as one story against the real handlers, the real process or a real browser."""
