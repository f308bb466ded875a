"""Cases of files as they come back from the sandbox, for the tests of checks that read them."""

from gatepost.message.parse import parse_message
from gatepost.model.contents import Contents, OpenedFile
from gatepost.model.envelope import Envelope
from gatepost.model.finding import Finding
from gatepost.model.proof import UNPROVEN
from gatepost.screen.case import Case
from gatepost.screen.run import load_checks
from screen_cases import build_tables, write_mail


def build_case(*files: OpenedFile) -> Case:
    envelope = Envelope(None, (), "", "", protocol="")
    return Case(parse_message(write_mail("Hello")), envelope, UNPROVEN, frozenset(), contents=Contents(files))


def examine_case(check: str, case: Case) -> list[Finding]:
    return [one for one in load_checks()[check].examine(case, build_tables()) if isinstance(one, Finding)]


def find_in(check: str, *files: OpenedFile) -> list[str]:
    return [finding.code.partition(".")[2] for finding in examine_case(check, build_case(*files))]
