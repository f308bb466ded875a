"""Keeps accepted mail: journals are the truth, the records in SQLite are a view of them."""
