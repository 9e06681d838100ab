"""`/collections` and `/collection`: what accounts hold, page by page."""
