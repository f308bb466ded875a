"""Trains and measures the model that the screening uses; nothing here is needed to judge a mail."""
