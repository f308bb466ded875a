"""Go on where one part of a document cannot be read: damage in one must not keep the others from being seen.

Fails: never.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from gatepost.message.attachments.desk import EXHAUSTED, Insides, LimitReachedError
from gatepost.model.contents import Opening


@contextmanager
def going_on(insides: Insides, what: str = "") -> Iterator[None]:
    """Turn what is raised while one part is read into how far the document was opened."""
    try:
        yield
    except LimitReachedError:
        insides.leave_unseen(what)
    except (MemoryError, RecursionError):
        insides.opening = Opening.LIMIT
        insides.note(EXHAUSTED, what)
    except Exception as error:  # noqa: BLE001 - a damaged file may raise anything in the libraries that read it
        insides.break_off(error, what)
