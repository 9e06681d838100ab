"""What sync stores: what accounts hold, who is due, what was given and missed, why removals wait, what was done."""
