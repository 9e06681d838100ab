"""The composition root: where the running bot's objects are built, and what keeps it connected."""
