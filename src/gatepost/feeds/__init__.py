"""Lists of known bad URLs, domains and files: fetched, checked, kept as compact tables, looked up in microseconds."""
