"""SMTP as machines without I/O: the server's side, the client's side, the replies."""
