"""Beyond the corpus cases: which scripts smuggle."""

import pytest

from screen_cases import find_codes, measure, write_attachment

CHECK = "html_attachment"


@pytest.mark.parametrize(
    "script",
    [
        'document.write(unescape("%3Cform%3E"))',
        'window.location = atob("aHR0cA==")',
        "var a = Uint8Array.from(x); var b = new  Blob([a])",
        "eval(String.fromCharCode(97, 98))",
        'e.innerHTML = decodeURIComponent("%3C")',
    ],
)
def test_a_script_that_decodes_and_hands_over_is_smuggling(script: str) -> None:
    page = f"<script>{script}</script>".encode()
    assert find_codes(CHECK, write_attachment("a.html", page, "text/html")) == ["smuggling"]


@pytest.mark.parametrize("script", ["alert(1)", "new Blob([x])", 'var text = atob("aHR0cA==")'])
def test_half_of_it_is_only_a_script(script: str) -> None:
    page = f"<script>{script}</script>".encode()
    assert find_codes(CHECK, write_attachment("a.html", page, "text/html")) == ["script"]


def test_a_picture_without_script_is_only_a_picture() -> None:
    assert find_codes(CHECK, write_attachment("a.svg", b"<svg><circle r='1'/></svg>", "image/svg+xml")) == []


def test_scripts_are_counted() -> None:
    page = b"<script>a()</script><script>b()</script>"
    assert measure(CHECK, write_attachment("a.html", page, "text/html")) == {"html_attachment.scripts": 2}
