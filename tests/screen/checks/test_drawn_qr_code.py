"""Beyond the corpus cases: in which parts drawings are looked for."""

from hypothesis import given
from hypothesis import strategies as st

from screen_cases import find_codes, measure, write_mail

CHECK = "drawn_qr_code"
FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")
DRAWING = "\n".join((row + "0" * 7 + row).replace("1", "█").replace("0", " ") for row in (*FINDER, *FINDER))


def test_a_drawing_is_found_in_text_and_in_html() -> None:
    assert find_codes(CHECK, write_mail(DRAWING)) == ["found"]
    assert find_codes(CHECK, write_mail(f"<pre>{DRAWING}</pre>", html=True)) == ["found"]
    assert measure(CHECK, write_mail(DRAWING)) == {"drawn_qr_code.count": 1}


def test_a_mail_without_a_drawing_has_no_features() -> None:
    assert measure(CHECK, write_mail("█" * 30)) == {}


@given(st.binary(max_size=1_000))
def test_any_bytes_are_looked_at(body: bytes) -> None:
    find_codes(CHECK, write_mail("█<td>", html=True) + body)
