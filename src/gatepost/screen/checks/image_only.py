"""The mail is a picture to click on, with hardly a word that a filter could read.

Features: `characters_per_image`, `area_per_character` (square pixels that images say they take, for each character of
text, at most 10,000), `tiny_images` (of hardly a pixel, at most 10).
"""

from collections.abc import Iterator
from itertools import islice

from gatepost.message.message import LinkKind
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at

MAX_WORD_CHARS = 120
MAX_AREA_PER_CHARACTER = 10_000.0
MAX_TINY_IMAGES = 10

LINKED = Kind("image_only.linked", Severity.ODD, 2.0, "The mail shows pictures and links and hardly any text.")
KINDS: tuple[Kind, ...] = (LINKED,)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Weigh pictures against words."""
    views = case.message.html
    images = sum(view.image_count for view in views)
    if not images:
        return
    characters = sum(len(view.text) for view in views)
    area = sum(view.image_area_px for view in views)
    yield Feature("image_only.characters_per_image", characters / images)
    yield Feature("image_only.area_per_character", min(MAX_AREA_PER_CHARACTER, area / (characters + 1)))
    yield Feature("image_only.tiny_images", min(MAX_TINY_IMAGES, sum(view.tiny_image_count for view in views)))
    letters = (character for view in views for character in view.text if character.isalnum())
    has_words = next(islice(letters, MAX_WORD_CHARS, None), "") != ""
    if not has_words and any(link.kind is LinkKind.ANCHOR and link.target_host for link in case.message.links):
        yield LINKED.seen(
            point_at(views[0].text, views[0].span),
            says="The mail is little more than a picture to click on.",
            says_zh="该邮件几乎只有一张可点击的图片。",
        )
