"""Settings: the tables of the TOML file, and the sentences about mistakes in them."""
