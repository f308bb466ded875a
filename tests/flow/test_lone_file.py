"""A file by itself is judged for what is in it, not for the mail that it is put into."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.flow.judge import judge_at_once
from gatepost.flow.judging import give_opener
from gatepost.flow.lone_file import carry, keep_to_file
from gatepost.message.attachments.opening import open_files
from gatepost.message.parse import parse_message
from gatepost.model.contents import Contents
from gatepost.model.ports import OpenOrder
from gatepost.model.proof import AuthResult, Proof
from gatepost.model.verdict import Action, Verdict
from gatepost.origin.describe import describe_proof
from judging_cases import arrive, build

EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", rb"ANTIVIRUS-TEST-FILE!$H+H*"))


class Here:
    """Opens files in this process: those of these tests do no harm."""

    def open(self, order: OpenOrder) -> Contents:
        return open_files(order)


JUDGING = give_opener(build(), Here())


def judge_file(content: bytes, name: str) -> Verdict:
    arrival = arrive(carry(content, name))
    return keep_to_file(judge_at_once(arrival, JUDGING), arrival.envelope, JUDGING)


def test_a_bad_file_is_told_with_its_name_and_decides() -> None:
    verdict = judge_file(EICAR, "/srv/in/发票.txt")
    assert verdict.action is Action.REJECT
    assert [finding.code for finding in verdict.screening.findings][:1] == ["known_test_virus.eicar"]
    assert [part.filename for part in verdict.screening.parts] == ["发票.txt"]


def test_an_honest_file_is_let_through_though_no_mail_looks_like_that() -> None:
    verdict = judge_file(b"Bring the long ladder.\n", "note.txt")
    assert (verdict.action, verdict.screening.findings, verdict.screening.model) == (Action.DELIVER, (), "")
    assert verdict.screening.score < 0.2


def test_nobody_is_said_to_have_or_not_to_have_signed_a_file() -> None:
    arrival = arrive(carry(b"Bring the long ladder.\n", "note.txt"))
    verdict = judge_at_once(arrival, JUDGING)
    asked = replace(verdict, screening=replace(verdict.screening, proof=Proof(dkim=AuthResult.NONE)))
    assert describe_proof(keep_to_file(asked, arrival.envelope, JUDGING).screening.proof) == ()


def test_the_score_is_made_of_the_findings_that_are_told() -> None:
    screening = judge_file(b"<html><script>go()</script></html>", "a.html").screening
    assert {part.name for part in screening.contributions} <= {finding.code for finding in screening.findings}
    assert screening.score > 0.3


@pytest.mark.parametrize("name", ["", "a\r\nX: y", 'a";b', "..", "\udcff.exe", "x" * 900 + ".pdf"])
def test_no_name_changes_what_the_mail_is(name: str) -> None:
    message = parse_message(carry(b"abc", name))
    assert (message.root.content, message.root.is_attachment, message.defects) == (b"abc", True, ())
    assert message.root.filename == name.encode("utf-8", "replace").decode()[-255:]


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_file_comes_out_as_it_went_in(content: bytes, name: str) -> None:
    assert parse_message(carry(content, name)).root.content == content
