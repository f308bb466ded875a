"""Find the name of a file where its header names none: some programs take it from other fields.

KMail calls such a file by its Content-Description, others by the end of its Content-Location.

Standards: RFC 2045 §8 (Content-Description), RFC 2557 §4 (Content-Location).
Trust: the header comes from the mail's author.
Fails: never.
"""

import re

from gatepost.message.encoded_words import decode_value
from gatepost.message.message import Part

MAX_NAME_CHARS = 255
SEEN_OR_HEARD = ("image/", "audio/", "video/", "multipart/")  # by their kind, whatever they are called

_FIELDS = ("content-description", "content-location", "content-name")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")


def find_other_name(part: Part) -> str:
    """Give the name that a file has by another field, "" where it has one of its own, or where none looks like one."""
    if part.filename or part.message is not None:
        return ""
    headers = (part.header(field) for field in _FIELDS)
    values = (decode_value(header.value[: 4 * MAX_NAME_CHARS]).strip("\"'<> ") for header in headers if header)
    names = (value.replace("\\", "/").rpartition("/")[2] for value in values)
    return next(filter(_ENDING.search, names), "")[-MAX_NAME_CHARS:]
