"""The real ports: the one place below the gates where sockets are opened and clocks are read."""
