"""Settings: the tables of the TOML file, and what is said when they are wrong."""
