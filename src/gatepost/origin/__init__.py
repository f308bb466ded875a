"""Who sent a mail, proven: SPF, DKIM, DMARC, ARC; pure functions over the Resolver port."""
