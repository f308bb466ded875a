"""Writes docs/checks.md: what each check looks for, and every finding that it can make, straight from the code."""

import inspect
from collections.abc import Iterator

from gatepost.screen.case import Check
from gatepost.screen.run import CHECK_FAILED, load_checks

_HEAD = """\
# Checks

A check observes and never decides: it yields findings, each with a code, a severity, one sentence for the reader in
English and Chinese, and its evidence. What follows from a finding is set in `[decide]`: by its code, by `check.*`, by
its severity, or through the score. The weight is what a finding adds to the log-odds that the mail is unwanted;
`[screen.checks.NAME]` switches a check off or changes its weight.

This page is written from the code (`python -m gatepost.screen.describe > docs/checks.md`); a test compares them.

| severity | meaning |
|---|---|
| note | worth knowing, no reason for distrust |
| odd | unusual in honest mail |
| suspect | seen far more often in unwanted mail than in honest mail |
| danger | by itself a reason to keep the mail from its reader |
| malware | known to do harm when opened |
"""

_TAIL = f"""
## When a mail could not be judged

| code | meaning |
|---|---|
| `{CHECK_FAILED.code}` | {CHECK_FAILED.means} |
| `judge.broke` | The mail broke the parser or the screening as a whole. |
| `judge.overran` | Judging took longer than `screen.deadline_s`. |
| `judge.busy` | Too much large mail came at once; the sender is asked to try again. |
| `judge.switched_off` | Screening is switched off. |

`decide.not_judged` says what happens to such mail; it is kept in quarantine unless set otherwise.
"""


def describe_checks() -> str:
    """Give the whole page."""
    return "".join([_HEAD, *(_describe_check(name, check) for name, check in load_checks().items()), _TAIL])


def _describe_check(name: str, check: Check) -> str:
    return "\n".join(["", f"## {name}", "", inspect.getdoc(check) or "", "", *_list_kinds(check), ""])


def _list_kinds(check: Check) -> Iterator[str]:
    yield "| code | severity | weight | meaning |"
    yield "|---|---|---:|---|"
    for kind in check.KINDS:
        yield f"| `{kind.code}` | {kind.severity.name.lower()} | {kind.weight:g} | {kind.means} |"


if __name__ == "__main__":
    print(describe_checks(), end="")  # noqa: T201 - the page goes to standard output
