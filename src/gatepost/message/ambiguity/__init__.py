"""In how many ways a mail can be read: what is ambiguous in its MIME, and what other mail programs would show of it."""
