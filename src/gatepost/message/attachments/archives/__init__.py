"""What the openers of archives share: names, records, readings, passwords, and the room that an archive may fill."""
