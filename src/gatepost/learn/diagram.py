"""Draws the reliability diagram as SVG: how often mails with a score of 0.7 are unwanted, against 0.7."""

from collections.abc import Iterator, Sequence

from gatepost.learn.evaluation import Bin

SIDE = 320
MARGIN = 46
TICKS = 5


def draw_reliability(bins: Sequence[Bin], title: str) -> str:
    """Give the picture as text; `title` is ours."""
    size = SIDE + 2 * MARGIN
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" font-family="sans-serif"'
                ' font-size="11">'
            ),
            f'<rect width="{size}" height="{size}" fill="white"/>',
            f'<text x="{size / 2:g}" y="20" text-anchor="middle" font-size="13">{title}</text>',
            *_draw_axes(),
            f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#999" stroke-dasharray="4 4"/>',
            f'<polyline fill="none" stroke="#1a5fb4" points="{_join(bins)}"/>',
            *(_draw_bin(one) for one in bins),
            "</svg>\n",
        ]
    )


def _draw_axes() -> Iterator[str]:
    yield f'<rect x="{MARGIN}" y="{MARGIN}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#333"/>'
    for tick in range(TICKS + 1):
        share = tick / TICKS
        yield f'<text x="{_x(share)}" y="{_y(0) + 16:g}" text-anchor="middle">{share:.1f}</text>'
        yield f'<text x="{_x(0) - 8:g}" y="{_y(share) + 4:g}" text-anchor="end">{share:.1f}</text>'
    yield f'<text x="{_x(0.5)}" y="{_y(0) + 36:g}" text-anchor="middle">score</text>'
    yield (
        f'<text x="14" y="{_y(0.5)}" text-anchor="middle" transform="rotate(-90 14 {_y(0.5)})">share that is unwanted'
        "</text>"
    )


def _draw_bin(one: Bin) -> str:
    radius = min(9.0, 2 + one.count**0.25)
    return (
        f'<circle cx="{_x(one.mean_score)}" cy="{_y(one.share_bad)}" r="{radius:.1f}" fill="#1a5fb4"'
        f' fill-opacity="0.6"><title>{one.count} mails</title></circle>'
    )


def _join(bins: Sequence[Bin]) -> str:
    return " ".join(f"{_x(one.mean_score)},{_y(one.share_bad)}" for one in bins)


def _x(share: float) -> float:
    return round(MARGIN + share * SIDE, 1)


def _y(share: float) -> float:
    return round(MARGIN + (1 - share) * SIDE, 1)
