"""What the pages of a PDF draw: their own drawings, and those that they call.

Standards: ISO 32000-1 §7.7.3 (pages), §8.10 (form XObjects), §12.5.5 (what annotations look like).
Trust: the pages come from a stranger.
Fails: whatever pikepdf raises for a damaged page (UNREADABLE); the caller goes on with the next one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

import pikepdf

from gatepost.message.attachments.pdf.streams import read_name, read_stream

T = TypeVar("T")

MAX_FORMS = 20
MAX_STREAMS = 200
MAX_NOTES = 100
MAX_FORM_DEPTH = 3
UNREADABLE = (pikepdf.PdfError, ValueError, TypeError, KeyError, IndexError, OverflowError)
_WRITTEN_NOTES = frozenset(("/FreeText", "/Widget", "/Stamp"))


@dataclass(slots=True)
class Drawings:
    """Reads the drawings of one document page by page, never more than `bytes_left` of all together."""

    bytes_left: int
    is_cut: bool = False
    _seen: set[tuple[int, int]] = field(default_factory=set)

    def read(self, page: pikepdf.Object) -> Iterator[tuple[bytes, pikepdf.Object | None]]:
        """Give what a page draws, then what it calls, each with its resources; what many pages call is given once."""
        contents, resources = page.get("/Contents"), page.get("/Resources")
        streams = self._take(contents, MAX_STREAMS) if isinstance(contents, pikepdf.Array) else (contents,)
        own = b"\n".join(self._unpack(one) for one in streams if isinstance(one, pikepdf.Stream))
        yield own, resources
        forms = [(form, 0) for form in (*self._list_forms(resources), *self._list_notes(page))]
        while forms:
            form, depth = forms.pop(0)
            if form.objgen in self._seen:
                continue
            self._seen.add(form.objgen)
            inner = form.stream_dict.get("/Resources")
            yield self._unpack(form), resources if inner is None else inner
            deeper = list(self._list_forms(inner))
            if depth < MAX_FORM_DEPTH:
                forms += [(one, depth + 1) for one in deeper]
            elif any(one.objgen not in self._seen for one in deeper):
                self.is_cut = True

    def _unpack(self, stream: pikepdf.Stream) -> bytes:
        if self.bytes_left <= 0:
            self.is_cut = True
            return b""
        content = read_stream(stream, self.bytes_left + 1)
        self.bytes_left -= len(content)
        self.is_cut = self.is_cut or self.bytes_left < 0
        return content

    def _take(self, many: Iterable[T], most: int) -> Iterator[T]:
        """Give the first of many, and remember where there were more."""
        rest = iter(many)
        yield from islice(rest, most)
        if next(rest, None) is not None:
            self.is_cut = True

    def _list_forms(self, resources: pikepdf.Object | None) -> Iterator[pikepdf.Stream]:
        called = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
        drawn = called.values() if isinstance(called, pikepdf.Dictionary) else ()
        streams = (one for one in self._take(drawn, MAX_STREAMS) if isinstance(one, pikepdf.Stream))
        return self._take((one for one in streams if one.stream_dict.get("/Subtype") != "/Image"), MAX_FORMS)

    def _list_notes(self, page: pikepdf.Object) -> Iterator[pikepdf.Stream]:
        """Give what notes and fields with a text of their own look like."""
        notes = page.get("/Annots")
        written = filter(_is_written, notes if isinstance(notes, pikepdf.Array) else ())
        for note in self._take(written, MAX_NOTES):
            looks = note.get("/AP")
            shown = looks.get("/N") if isinstance(looks, pikepdf.Dictionary) else None
            if isinstance(shown, pikepdf.Stream):
                yield shown


def _is_written(note: pikepdf.Object) -> bool:
    return isinstance(note, pikepdf.Dictionary) and read_name(note.get("/Subtype")) in _WRITTEN_NOTES
