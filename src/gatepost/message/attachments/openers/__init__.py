"""One file for each family of file formats: what is in it, and what is odd about it.

Each module says in `OPENS` which kinds it looks at (or EVERY_KIND), and fills `Insides` in `look_inside`.
"""
