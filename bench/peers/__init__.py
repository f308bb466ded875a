"""The servers that gatepost is measured beside: each with its own settings, in its own folder, on loopback."""
