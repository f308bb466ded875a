"""What is said about a place that mail programs read in different ways."""

from dataclasses import dataclass

from gatepost.model.finding import Span

OTHER = "~"  # before the path of a part, and so of a file, that only another reading has


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """One place: `code` is `<family>.<what>`; the families are structure, encoding, name, charset and hidden."""

    code: str
    span: Span
    detail: str = ""  # what stands there, or what is hidden
    hides: bool = False  # another reading has content there that the default reading does not show at all


@dataclass(frozen=True, slots=True)
class Doubt:
    """The same, of one header value by itself."""

    code: str
    detail: str
