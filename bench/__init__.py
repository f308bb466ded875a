"""The promises, measured: one script per promise, gatepost and its peers side by side in the same run."""
