"""Judges a file that no mail carries: as though a mail came that is nothing else, and only the file counted.

Trust: the file and its name are a stranger's.
Fails: never, as the judgement of a mail.
"""

import base64
from dataclasses import replace

from gatepost.decide.policy import decide
from gatepost.flow.judging import Judging
from gatepost.model.envelope import Envelope
from gatepost.model.finding import Finding
from gatepost.model.proof import UNPROVEN
from gatepost.model.verdict import Verdict
from gatepost.screen.reason import find_main_sign
from gatepost.screen.score import score_codes

MAX_NAME_CHARS = 255
_OF_THE_JUDGEMENT = ("antivirus.", "judge.", "screen.")  # these tell how far anybody looked, whatever it is about


def carry(content: bytes, name: str) -> bytes:
    """Write a mail that is this file and nothing else."""
    last = name.rpartition("/")[2][-MAX_NAME_CHARS:].encode("utf-8", "replace")
    called = "".join(f"%{each:02X}" for each in last)  # RFC 2231 §4
    head = (
        "MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
        f"Content-Disposition: attachment; filename*=UTF-8''{called}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + base64.encodebytes(content).replace(b"\n", b"\r\n")


def keep_to_file(verdict: Verdict, envelope: Envelope, judging: Judging) -> Verdict:
    """Decide once more by what was seen in the file; the score is what those findings say, without a model.

    Nobody sent it: no proof is told.
    """
    findings = tuple(filter(_is_about_file, verdict.screening.findings))
    score = score_codes((finding.code for finding in findings), judging.kit.weights)
    says, says_zh = find_main_sign(findings, score.contributions)
    screening = replace(
        verdict.screening,
        findings=findings,
        proof=UNPROVEN,
        score=score.probability,
        bias=score.bias,
        contributions=score.contributions,
        model="",
        says=says,
        says_zh=says_zh,
    )
    decided = decide(screening, envelope, judging.policy)
    return replace(verdict, screening=decided.screening, decisions=decided.decisions)


def _is_about_file(finding: Finding) -> bool:
    return finding.code.startswith(_OF_THE_JUDGEMENT) or any(evidence.file for evidence in finding.evidence)
