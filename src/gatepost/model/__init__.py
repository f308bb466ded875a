"""The words that every part of gatepost shares: values only, no behaviour towards the world."""
