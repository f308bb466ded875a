"""Corridors: the road a mail takes through the rooms, one file for each direction."""
