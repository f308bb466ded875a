"""Builds mails that hide a file by ambiguous MIME: each trick by itself, with any file.

The tricks are those of "Inbox Invasion" (Zhang et al., CCS 2024) and of Ullrich's "MIME is broken", written anew. Most
are read by some mail program so that the file is there, and by another one so that it is not.
"""

from collections.abc import Callable, Iterator

from ambiguous_mails.boundaries import boundary_lines, boundary_parameters, nested
from ambiguous_mails.encodings import base64_forms, encoding_fields, not_encoded, other_encodings, quoted_forms
from ambiguous_mails.headers import header_ends, repeated_fields, type_fields
from ambiguous_mails.names import write_names
from ambiguous_mails.payload import ENCODING, HEAD, MIXED, TEXT, Mails, Payload, encode_binhex, encode_yenc, put

__all__ = [
    "ENCODING",
    "HEAD",
    "MIXED",
    "TEXT",
    "Payload",
    "encode_binhex",
    "encode_yenc",
    "put",
    "write_mails",
    "write_names",
]

FAMILIES: tuple[Callable[[Payload], Mails], ...] = (
    repeated_fields,
    boundary_parameters,
    boundary_lines,
    nested,
    encoding_fields,
    header_ends,
    type_fields,
    not_encoded,
    base64_forms,
    quoted_forms,
    other_encodings,
)


def write_mails(payload: Payload) -> Iterator[tuple[str, bytes]]:
    """Give all mails with this file, each with the name of its trick."""
    for family in FAMILIES:
        for name, raw in family(payload):
            yield f"{family.__name__}/{name}", raw
