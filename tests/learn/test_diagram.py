"""The picture is well-formed, and a point stands where its figures say."""

from xml.etree import ElementTree as ET

from gatepost.learn.diagram import MARGIN, SIDE, draw_reliability
from gatepost.learn.evaluation import Bin


def test_each_bin_is_a_point_at_its_place() -> None:
    svg = draw_reliability([Bin(0.25, 0.5, 100), Bin(1.0, 1.0, 3)], "Title")
    circles = ET.fromstring(svg).findall(  # noqa: S314 - our own picture
        "{http://www.w3.org/2000/svg}circle"
    )
    assert [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in circles] == [
        (MARGIN + SIDE / 4, MARGIN + SIDE / 2),
        (MARGIN + SIDE, MARGIN),
    ]
