"""Beyond the corpus cases: what an honest file may have in front of it and behind it."""

import pytest

from built_files import build_file
from screen_cases import find, find_codes, write_attachment

CHECK = "pdf_structure"
PLAIN = build_file("linked.pdf")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PLAIN, []),
        (b"\r\n" + PLAIN, []),
        (b"\xef\xbb\xbf" + PLAIN, []),
        (PLAIN + b"\r\n\r\n", []),
        (PLAIN + bytes(500), []),
        (b"HTTP/1.1 200 OK\r\n\r\n" + PLAIN, ["ambiguous"]),
        (PLAIN[: len(PLAIN) // 2], ["damaged"]),
    ],
)
def test_what_stands_around_a_document(content: bytes, found: list[str]) -> None:
    seen = find_codes(CHECK, write_attachment("a.pdf", content))
    assert seen[: len(found)] == found
    assert bool(seen) == bool(found)


def test_the_finding_points_at_the_file() -> None:
    (finding, *_) = find(CHECK, write_attachment("a.pdf", build_file("coded-names.pdf")))
    assert (finding.code, finding.evidence[0].text, finding.evidence[0].file) == (
        "pdf_structure.hidden_name",
        "JavaScript",
        "1.2",
    )
