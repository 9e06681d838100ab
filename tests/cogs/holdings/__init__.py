"""Holdings, as members see them."""
