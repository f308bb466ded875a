"""Settings: one TOML file and the flags of one command become one frozen tree, and every mistake has a place."""
