"""Sites that no list of bad URLs may block as a whole, from all that is known here about who shares what."""

from collections.abc import Iterable

from gatepost.feeds.guard import Guard, build_guard
from gatepost.screen.hosting import list_hosts
from gatepost.screen.tables import Tables


def gather_guard(tables: Tables, own: Iterable[str]) -> Guard:
    """Join the tables' shared hosts and well-known organisations with domains of our own."""
    brands = (domain for brand in tables.brands for domain in brand.domains)
    shared = {*tables.redirectors, *tables.shorteners, *tables.free_mail, *brands, *(name.lower() for name in own)}
    return build_guard(shared, list_hosts())
