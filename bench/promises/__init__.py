"""One file per promise; each has `measure(folder) -> list[Row]` and leaves nothing running."""
