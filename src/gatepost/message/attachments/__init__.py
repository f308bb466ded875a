"""Opens the files that a mail carries: pure code, bytes to plain values; it runs in a sandboxed process."""
