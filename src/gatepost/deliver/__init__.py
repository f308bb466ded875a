"""Hands mail to the next hop: SMTP, LMTP or Maildir; routes, retries and bounces."""
