"""The page tells the figures of the model that comes with gatepost, and nothing else of it changes."""

from gatepost.learn.paper import write_figures
from gatepost.screen.classifier.model import load_classifier
from gatepost.screen.classifier.pack import parse_pack
from gatepost.screen.kit import find_default_model
from learn_corpus import train_small_model
from paths import PROJECT_ROOT


def test_figures_come_between_the_marks_and_nowhere_else() -> None:
    _, outcome = train_small_model()
    card = parse_pack(memoryview(outcome.packed), "m").header["card"]
    page = write_figures("before\n<!-- figures -->\nold\n<!-- end of figures -->\nafter\n", "m1", card)
    assert page.startswith("before\n<!-- figures -->\nModel `m1`")
    assert page.endswith("|\n<!-- end of figures -->\nafter\n")
    assert "old" not in page
    assert f"| area under the curve | {outcome.left_out.auc.value:.3f} (" in page


def test_the_page_tells_the_model_that_comes_with_gatepost() -> None:
    page = (PROJECT_ROOT / "docs" / "screening.md").read_text("utf-8")
    model = load_classifier(find_default_model())
    assert page == write_figures(page, model.version, model.card)
