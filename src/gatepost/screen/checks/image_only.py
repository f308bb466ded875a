"""The mail is a picture to click on, with hardly a word that a filter could read."""

from collections.abc import Iterator
from itertools import islice

from gatepost.message.message import LinkKind
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at

MAX_WORD_CHARS = 120

LINKED = Kind("image_only.linked", Severity.ODD, 2.0, "The mail shows pictures and links and hardly any text.")
KINDS: tuple[Kind, ...] = (LINKED,)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Weigh pictures against words."""
    views = case.message.html
    images = sum(view.image_count for view in views)
    if not images:
        return
    yield Feature("image_only.characters_per_image", sum(len(view.text) for view in views) / images)
    letters = (character for view in views for character in view.text if character.isalnum())
    has_words = next(islice(letters, MAX_WORD_CHARS, None), "") != ""
    if not has_words and any(link.kind is LinkKind.ANCHOR and link.target_host for link in case.message.links):
        yield LINKED.seen(
            point_at(views[0].text, views[0].span),
            says="The mail is little more than a picture to click on.",
            says_zh="该邮件几乎只有一张可点击的图片。",
        )
