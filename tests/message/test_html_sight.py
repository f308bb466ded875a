from gatepost.message.css import HIDDEN, PLAIN, READABLE, FontSize, Look
from gatepost.message.html_sight import CLEAR, Stylist


def test_what_is_gone_stays_gone_inside() -> None:
    gone = CLEAR.inside(HIDDEN)
    assert not gone.is_clear
    assert not gone.inside(Look(is_gone=False, is_invisible=False, font_size=FontSize.READABLE)).is_clear


def test_invisibility_and_letters_of_size_zero_end_inside() -> None:
    invisible = CLEAR.inside(Look(is_invisible=True))
    zero = CLEAR.inside(Look(font_size=FontSize.ZERO))
    assert [each.is_clear for each in (CLEAR, invisible, zero)] == [True, False, False]
    assert invisible.inside(PLAIN) == invisible
    assert invisible.inside(Look(is_invisible=False)).is_clear
    assert zero.inside(READABLE).is_clear


def test_an_elements_look_comes_from_its_style_then_its_classes_then_its_attributes() -> None:
    stylist = Stylist({".gone": HIDDEN, "#box": HIDDEN})
    assert stylist.find_look("p", {"class": "a GONE"}).is_gone
    assert stylist.find_look("p", {"id": "Box"}).is_gone
    assert stylist.find_look("p", {"hidden": None}).is_gone
    assert stylist.find_look("p", {"class": "gone", "style": "display:block"}).is_gone is False
    assert stylist.find_look("font", {"size": "2"}).font_size is FontSize.READABLE
    assert stylist.find_look("p", {"class": None, "style": None}) is PLAIN
