"""Tables of linking: accounts that members named, proofs, proofs under way, and contests."""
