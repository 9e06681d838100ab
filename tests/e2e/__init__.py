"""The real bot between the stand-ins for Discord and for its sources, used as people use it."""
