"""Front doors: sockets to machines to corridors. No policy here; what a mail means is decided further in."""
