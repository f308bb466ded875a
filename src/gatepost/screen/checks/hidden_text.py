"""HTML holds text that the reader does not see: padding to make a filter see another mail than the reader.

A short hidden line in front (the preview text of newsletters) is usual and does not count.
"""

from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at

MIN_HIDDEN_CHARS = 600

PADDING = Kind(
    "hidden_text.padding", Severity.ODD, 1.0, "The mail hides much text from the reader, more than it shows."
)
KINDS: tuple[Kind, ...] = (PADDING,)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Weigh hidden text against visible text."""
    views = case.message.html
    hidden = sum(_count_characters(view.hidden_text) for view in views)
    if not hidden:
        return
    shown = sum(_count_characters(view.text) for view in views)
    yield Feature("hidden_text.share", hidden / (hidden + shown))
    if hidden >= MIN_HIDDEN_CHARS and hidden > shown:
        place = next(view for view in views if view.hidden_text)
        yield PADDING.seen(
            point_at(place.hidden_text, place.span),
            says=f"The mail hides {hidden} characters of text from its reader.",
            says_zh=f"邮件中隐藏了 {hidden} 个读者看不到的字符。",
        )


def _count_characters(text: str) -> int:
    return len("".join(text.split()))
