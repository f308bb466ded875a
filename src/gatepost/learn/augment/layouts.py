"""HTML as mailers write it: tables, inline styles, preheaders, buttons, footers, tracking pixels.

Honest and unwanted mails share every layout, so that how a page is written never tells which it is.
"""

import html
import random
import re
from dataclasses import dataclass

from gatepost.learn.augment.senders import Sender

_LABEL = re.compile(r"\[\[(.*?)\]\]")
_FONTS = (
    "Arial, sans-serif",
    "'Helvetica Neue', Helvetica, Arial, sans-serif",
    "Georgia, serif",
    "Verdana, sans-serif",
    "'Segoe UI', Tahoma",
    "Roboto, Arial",
)
_COLOURS = (
    "#1a73e8",
    "#0070ba",
    "#d93025",
    "#222222",
    "#00875a",
    "#ff6600",
    "#5c2d91",
    "#004b87",
    "#e50914",
    "#2d8cff",
)


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of one mail."""

    subject: str
    greeting: str
    lines: tuple[str, ...]
    button: str
    closing: str
    footer: str
    is_personal: bool = False  # typed by a person into a mail program


def write_html(letter: Letter, sender: Sender, reader: str, dice: random.Random) -> str:
    """Give one HTML page."""
    page = _Page(sender, reader, dice, dice.choice(_COLOURS), dice.choice(_FONTS))
    styles = (_write_table, _write_table, _write_sections, _write_divisions, _write_plain)
    style = _write_plain if letter.is_personal else dice.choice(styles)
    body = style(page, letter)
    pixel = (
        f'<img src="{html.escape(sender.make_picture())}" width="1" height="1" alt="" border="0">'
        if not letter.is_personal and dice.random() < 0.5
        else ""
    )
    head = dice.choice(
        (
            f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{html.escape(letter.subject)}</title></head>',
            '<html xmlns="http://www.w3.org/1999/xhtml"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><meta name="viewport" content="width=device-width"><style>@media only screen and (max-width:600px){.c{width:100%!important}} a{text-decoration:none}</style></head>',
            "<html><head></head>",
        )
    )
    return f'{head}\n<body style="margin:0;padding:0;background:{dice.choice(("#ffffff", "#f4f4f4", "#f6f9fc"))}">\n{body}\n{pixel}</body></html>'


def write_text(letter: Letter, sender: Sender, reader: str) -> str:
    """Give the plain text of the mail, URLs written out."""

    def write_out(match: re.Match[str]) -> str:
        return f"{match[1]}: {sender.make_link(reader)}"

    parts = [letter.greeting, *letter.lines]
    if letter.button:
        parts.append(f"{letter.button}:\n{sender.make_link(reader)}")
    parts += [letter.closing, letter.footer]
    return "\n\n".join(_LABEL.sub(write_out, part).removeprefix("# ") for part in parts if part) + "\n"


@dataclass(frozen=True, slots=True)
class _Page:
    sender: Sender
    reader: str
    dice: random.Random
    colour: str
    font: str

    def write_inline(self, text: str) -> str:
        """Escape a text, and make links of what is written [[so]]."""
        pieces = _LABEL.split(text)
        shown = [html.escape(piece).replace("\n", "<br>\n") for piece in pieces]
        links = [
            f'<a href="{html.escape(self.sender.make_link(self.reader))}" style="color:{self.colour}">{piece}</a>'
            for piece in shown[1::2]
        ]
        return "".join(piece for pair in zip(shown[::2], [*links, ""], strict=True) for piece in pair)

    def write_button(self, label: str) -> str:
        if not label:
            return ""
        url = html.escape(self.sender.make_link(self.reader))
        look = f"background:{self.colour};color:#ffffff;padding:12px 24px;border-radius:{self.dice.choice((0, 3, 6, 24))}px;display:inline-block;font-family:{self.font}"
        return self.dice.choice(
            (
                f'<p style="text-align:center"><a href="{url}" style="{look}">{html.escape(label)}</a></p>',
                f'<table cellpadding="0" cellspacing="0"><tr><td bgcolor="{self.colour}" style="{look}"><a href="{url}" target="_blank" style="color:#fff">{html.escape(label)}</a></td></tr></table>',
                f'<p><a href="{url}">{html.escape(label)}</a></p>',
            )
        )

    def write_logo(self) -> str:
        if self.dice.random() < 0.3:
            return f"<h2>{html.escape(self.sender.company.name)}</h2>"
        picture = f'<img src="{html.escape(self.sender.make_picture())}" alt="{html.escape(self.sender.company.name)}" width="{self.dice.choice((120, 140, 180))}">'
        return (
            f'<a href="{html.escape(self.sender.make_link(self.reader))}">{picture}</a>'
            if self.dice.random() < 0.5
            else picture
        )

    def write_social(self) -> str:
        if self.dice.random() < 0.6:
            return ""
        return " ".join(
            f'<a href="{self.sender.make_social_link()}"><img src="{html.escape(self.sender.make_picture())}" width="24" alt=""></a>'
            for _ in range(self.dice.randint(1, 4))
        )

    def write_line(self, line: str) -> str:
        if line.startswith("# "):
            return f'<h{self.dice.choice("23")} style="color:{self.colour}">{self.write_inline(line[2:])}</h3>'
        if "\n" in line and self.dice.random() < 0.5:
            rows = "".join(
                f'<tr><td style="padding:4px;border-bottom:1px solid #eee">{self.write_inline(row)}</td></tr>'
                for row in line.split("\n")
            )
            return f'<table width="100%" style="font-family:{self.font}">{rows}</table>'
        return f'<p style="font-family:{self.font};font-size:{self.dice.choice((14, 15, 16))}px;line-height:1.5">{self.write_inline(line)}</p>'


def _write_body(page: _Page, letter: Letter) -> str:
    lines = [page.write_line(line) for line in (letter.greeting, *letter.lines) if line]
    position = len(lines) if page.dice.random() < 0.6 else page.dice.randint(1, len(lines))
    lines.insert(position, page.write_button(letter.button))
    return "\n".join([*lines, page.write_line(letter.closing) if letter.closing else ""])


def _write_table(page: _Page, letter: Letter) -> str:
    preheader = (
        f'<div style="display:none;max-height:0;overflow:hidden">{html.escape(letter.lines[0][:90])}</div>'
        if page.dice.random() < 0.35
        else ""
    )
    return (
        f'{preheader}<table width="100%" cellpadding="0" cellspacing="0" role="presentation"><tr><td align="center">'
        f'<table class="c" width="600" cellpadding="0" cellspacing="0" style="background:#fff"><tr><td style="padding:24px">{page.write_logo()}</td></tr>'
        f'<tr><td style="padding:24px">{_write_body(page, letter)}</td></tr>'
        f'<tr><td style="padding:24px;font-size:12px;color:#888">{page.write_social()}<br>{page.write_inline(letter.footer)}</td></tr></table></td></tr></table>'
    )


def _write_sections(page: _Page, letter: Letter) -> str:
    rows = "".join(
        f'<tr><td style="padding:16px 32px">{page.write_line(line)}'
        + (
            f'<img src="{html.escape(page.sender.make_picture())}" width="536" alt="">'
            if page.dice.random() < 0.3
            else ""
        )
        + "</td></tr>"
        for line in (letter.greeting, *letter.lines, letter.closing)
        if line
    )
    return f'<center><table width="640" class="c"><tr><td bgcolor="{page.colour}">{page.write_logo()}</td></tr>{rows}<tr><td>{page.write_button(letter.button)}</td></tr><tr><td><small>{page.write_inline(letter.footer)}</small> {page.write_social()}</td></tr></table></center>'


def _write_divisions(page: _Page, letter: Letter) -> str:
    return f'<div style="max-width:600px;margin:0 auto;font-family:{page.font}"><div>{page.write_logo()}</div>{_write_body(page, letter)}<hr><div style="font-size:11px;color:#999">{page.write_inline(letter.footer)} {page.write_social()}</div></div>'


def _write_plain(page: _Page, letter: Letter) -> str:
    return f'<div dir="ltr">{_write_body(page, letter)}</div><div>{page.write_inline(letter.footer)}</div>'
