"""Answers about accounts and collections, shared while they are under way and cached for a while."""
