"""What the files of a mail tell of passwords: texts for readers, and the names of files within files.

A page that unpacks a locked archive before the reader's eyes shows its password as well; an archive may hold a locked
one beside a note with the password.

Trust: the texts come from a stranger; a wrong candidate costs a try.
Fails: never. At most MAX_TEXTS texts of MAX_TEXT_CHARS and MAX_NAMES names are kept.
"""

from gatepost.message.charset import decode_text
from gatepost.message.passwords import find_told

MAX_TEXTS = 100
MAX_TEXT_CHARS = 20_000
MAX_NAMES = 200


class Told:
    """Gathers what is told; passwords are sought in it only where something stayed locked."""

    def __init__(self) -> None:
        self._texts: dict[str | bytes, None] = {}
        self._names: dict[str, None] = {}

    def tell(self, text: str | bytes) -> None:
        """Keep a text for readers."""
        if text and len(self._texts) < MAX_TEXTS:
            self._texts[text[:MAX_TEXT_CHARS]] = None

    def tell_name(self, name: str) -> None:
        """Keep the name of a file inside of another."""
        if name and len(self._names) < MAX_NAMES:
            self._names[name.rpartition("/")[2]] = None

    def find_passwords(self) -> tuple[str, ...]:
        """Give what may be a password, the likeliest first."""
        texts = [text if isinstance(text, str) else decode_text(text, "") for text in self._texts]
        return find_told(texts, list(self._names))
