"""Beyond the corpus cases: where the test strings are looked for."""

import io
import zipfile

from gatepost.model.finding import Severity
from screen_cases import find, find_codes, write_attachment, write_mail

CHECK = "known_test_virus"
EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", rb"ANTIVIRUS-TEST-FILE!$H+H*"))
GTUBE = "".join(("XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-", "ANTI-UBE-TEST-EMAIL*C.34X"))  # noqa: FLY002 - not folded


def pack(*contents: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.bin", content)
    return packed.getvalue()


def test_the_test_virus_is_malware() -> None:
    (finding,) = find(CHECK, write_attachment("a.com", EICAR))
    assert (finding.code, finding.severity) == ("known_test_virus.eicar", Severity.MALWARE)


def test_line_ends_around_it_do_not_matter() -> None:
    assert find_codes(CHECK, write_attachment("a.txt", b"\r\n" + EICAR + b"\r\n")) == ["eicar"]


def test_it_is_found_behind_other_files_of_an_archive() -> None:
    assert find_codes(CHECK, write_attachment("a.zip", pack(b"x" * 5_000, EICAR))) == ["eicar"]


def test_a_file_that_only_quotes_it_is_harmless() -> None:
    assert find_codes(CHECK, write_attachment("a.txt", b"The string is " + EICAR)) == []


def test_gtube_is_found_in_html() -> None:
    assert find_codes(CHECK, write_mail(f"<p>{GTUBE}</p>", html=True)) == ["gtube"]
