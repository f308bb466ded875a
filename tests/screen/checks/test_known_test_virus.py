"""Beyond the corpus cases: where the test strings are looked for."""

import io
import zipfile
from dataclasses import replace

from carried_files import build_case, examine_case
from gatepost.message.parse import parse_message
from gatepost.model.contents import OpenedFile, Trait
from gatepost.model.file_kinds import FileKind
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


def test_it_is_found_in_whatever_was_opened_and_told_once() -> None:
    inner = OpenedFile("2:1", "a.com", FileKind.DOS_PROGRAM, 68, traits=(Trait("signature.eicar"),))
    (finding,) = examine_case(CHECK, build_case(OpenedFile("2", "a.7z", FileKind.SEVEN_ZIP, 90, files=(inner,))))
    assert (finding.evidence[0].text, finding.evidence[0].file) == ("a.7z: a.com", "2:1")


def test_where_nothing_was_opened_it_is_found_all_the_same() -> None:
    for name, content in (("a.com", EICAR), ("a.zip", pack(EICAR))):
        case = replace(build_case(), message=parse_message(write_attachment(name, content)))
        assert [finding.code for finding in examine_case(CHECK, case)] == ["known_test_virus.eicar"]
