"""Connections by which a document fetches its data: databases, other files, the queries of Power Query.

Standards: ECMA-376-1 §18.13 (connections), §17.14 (mail merge); MS-QDEFF 2.2, 2.3 (the package of Power Query).
Trust: the words are a stranger's. Honest reports are full of connections within the house.
Fails: never; a package that cannot be opened is passed over.
"""

import binascii
import re
import zipfile
import zlib
from base64 import b64decode
from contextlib import suppress
from io import BytesIO
from itertools import islice

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.targets import is_far, is_share, note_loaded

CONNECTION = "office.data_connection"
MAX_FOUND = 100
MAX_QUERY_BYTES = 1024 * 1024
_QUERIES = "Formulas/Section1.m"
_PACKAGE_AT = 8  # behind the version and the size
_PLACE = re.compile(
    r"https?://[^\s;\"'<>]{3,2000}|(?:file:)?[\\/]{2,4}[^\s;\"'<>\\/]{3,200}[\\/][^\s;\"'<>]{0,500}", re.IGNORECASE
)
_WORDS = re.compile(
    r"(?:^|[;>])\s{0,9}((?:Provider|DRIVER|Data Source|DBQ|SERVER|DSN|Connection)\s{0,5}=[^\r\n<]{1,2000})",
    re.IGNORECASE | re.MULTILINE,
)


def note_connection(words: str, insides: Insides) -> None:
    """Note a connection by its words, give its addresses on, and tell of a share outside, which learns who asks."""
    insides.note(CONNECTION, words)
    for match in islice(_PLACE.finditer(words), MAX_FOUND):
        if is_share(match[0]):
            note_loaded("connection", match[0], insides)
        elif is_far(match[0]):
            insides.link(match[0])


def note_connections(text: str, insides: Insides) -> None:
    """Note the connections that a text names, as the files of queries do."""
    for match in islice(_WORDS.finditer(text), MAX_FOUND):
        note_connection(match[1].strip(), insides)


def note_queries(coded: str, insides: Insides) -> None:
    """Note where the queries of Power Query go; `coded` is their package in base64."""
    with suppress(
        binascii.Error, zipfile.BadZipFile, KeyError, zlib.error, NotImplementedError, RuntimeError, EOFError
    ):
        package = b64decode(coded.encode("ascii", "ignore"))
        size = int.from_bytes(package[4:_PACKAGE_AT], "little")
        with zipfile.ZipFile(BytesIO(package[_PACKAGE_AT : _PACKAGE_AT + size])) as parts, parts.open(_QUERIES) as part:
            note_connection(part.read(MAX_QUERY_BYTES).decode("utf-8", "replace"), insides)
