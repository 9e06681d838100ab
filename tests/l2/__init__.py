"""Loopring's layer 2, rebuilt from what Ethereum has of it."""
