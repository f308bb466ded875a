"""The sandbox: files of strangers are opened by processes that can reach nothing, and that may die of them."""
