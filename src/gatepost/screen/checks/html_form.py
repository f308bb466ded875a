"""The mail itself asks for input: passwords above all, sent to whoever wrote it.

Looks into the HTML that is shown and into attached HTML files.
"""

from collections.abc import Iterator

from gatepost.message.message import HtmlForm, Part
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.attached_html import list_rest, read_attached_html
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at

MAX_FORMS = 50

PASSWORD = Kind("html_form.password", Severity.DANGER, 4.0, "A form in the mail asks for a password.")
ATTACHED = Kind("html_form.attached", Severity.SUSPECT, 2.0, "An attached HTML file holds a form.")
SHOWN = Kind("html_form.shown", Severity.NOTE, 0.8, "The mail holds a form.")
KINDS: tuple[Kind, ...] = (PASSWORD, ATTACHED, SHOWN)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at each form."""
    attached = [(form, page.part) for page in read_attached_html(case.message) for form in page.view.forms]
    yield Feature("html_form.count", len(case.message.forms) + len(attached))
    for form in case.message.forms[:MAX_FORMS]:
        yield _describe(form, None)
    for form, part in attached[:MAX_FORMS]:
        yield _describe(form, part)
    for carried in list_rest(case):
        codes = {trait.code for trait in carried.file.traits}
        if "page.password_form" in codes:
            yield _tell_password(carried.point())
        elif "page.form" in codes:
            yield _tell_attached(carried.point())


def _describe(form: HtmlForm, attached: Part | None) -> Finding:
    file = attached.path if attached else ""
    evidence = point_at(f"{', '.join(form.field_names)} -> {form.action}", form.span, file)
    if form.has_password_field:
        return _tell_password(evidence)
    if attached:
        return _tell_attached(evidence)
    return SHOWN.seen(evidence, says="The mail holds a form to fill in.", says_zh="邮件中含有要填写的表单。")


def _tell_password(evidence: Evidence) -> Finding:
    return PASSWORD.seen(evidence, says="A form in the mail asks for a password.", says_zh="邮件中的表单要求输入密码。")


def _tell_attached(evidence: Evidence) -> Finding:
    return ATTACHED.seen(evidence, says="An attached page asks for input.", says_zh="附件网页要求输入信息。")
