"""docs/checks.md says what the code does."""

from gatepost.screen.describe import describe_checks
from gatepost.screen.run import load_checks
from paths import PROJECT_ROOT


def test_the_page_is_up_to_date() -> None:
    assert (PROJECT_ROOT / "docs" / "checks.md").read_text("utf-8") == describe_checks()


def test_every_check_and_every_code_stands_on_the_page() -> None:
    page = describe_checks()
    for name, check in load_checks().items():
        assert f"\n## {name}\n" in page
        assert all(f"`{kind.code}`" in page for kind in check.KINDS)
