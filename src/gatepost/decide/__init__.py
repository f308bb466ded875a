"""Turns what was seen in a mail into one decision for each recipient; it looks at no mail itself."""
