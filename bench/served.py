"""A running mail server, as a load sees it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Served:
    """Who it is, its SMTP port on 127.0.0.1, and the processes that all others of it descend from."""

    name: str
    port: int
    roots: tuple[int, ...]
