"""What a check observes about a mail: a finding says it in words and points at its evidence."""

import enum
from dataclasses import dataclass, field


class Severity(enum.IntEnum):
    """How much a finding weighs by itself; policy may weigh it otherwise."""

    NOTE = 0  # worth knowing, no reason for distrust
    ODD = 1  # unusual in honest mail
    SUSPECT = 2  # seen far more often in unwanted mail than in honest mail
    DANGER = 3  # by itself a reason to keep the mail from its reader
    MALWARE = 4  # known to do harm when opened


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of byte offsets into the raw mail: raw[start:end]."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a finding was seen: what stands there, shortened, and its place in the raw bytes if it has one."""

    text: str
    span: Span | None = None
    file: str = ""  # path of the file inside the mail (model/contents.py), "" where it was seen elsewhere


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation: `code` is `<check file>.<what>`; `says` and `says_zh` are one sentence for the reader."""

    code: str
    severity: Severity
    says: str
    says_zh: str
    evidence: tuple[Evidence, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Feature:
    """A named number that a check measured, for the classifier; 0.0 means unknown or absent."""

    name: str
    value: float
