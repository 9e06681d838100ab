"""Tables of linking: linked accounts, proofs, proofs in progress, and contests."""
