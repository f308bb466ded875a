"""Read dates as mail writes them.

Standards: RFC 5322 §3.3 and §4.3 (obsolete forms); ctime and ISO 8601 forms as seen in real mail.
Trust: the text comes from the mail's author.
Fails: None for what is no date.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES_MINUTES = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420,
    "mdt": -360, "pst": -480, "pdt": -420, "bst": 60, "cet": 60, "cest": 120, "jst": 540,
}  # fmt: skip
_CLOCK = (
    r"(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{1,2})(?:[:.](?P<second>[0-9]{1,2}))?(?:\.[0-9]{1,9})?\s*(?P<noon>[ap]m)?"
)
_ZONE = r"\s*(?:\([a-z ]*\)\s*)?(?:(?:gmt)?(?P<sign>[+-])(?P<zh>[0-9]{2}):?(?P<zm>[0-9]{2})|(?P<name>[a-z]{1,5}))?"
_MONTH = r"(?P<month>[a-z]{3})[a-z]*"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<day>[0-9]{{1,2}})[\s/.-]+{_MONTH}[\s/.,-]+(?P<year>[0-9]{{2,4}})[\s,]+(?:at\s+)?{_CLOCK}{_ZONE}",
        rf"{_MONTH}\s+(?P<day>[0-9]{{1,2}}),?\s+{_CLOCK}\s+(?:[a-z]{{3,4}}\s+)?(?P<year>[0-9]{{4}}){_ZONE}",
        rf"{_MONTH}\s+(?P<day>[0-9]{{1,2}}),?\s+(?P<year>[0-9]{{4}}),?\s+{_CLOCK}{_ZONE}",
        rf"(?P<year>[0-9]{{4}})-(?P<nmonth>[0-9]{{2}})-(?P<day>[0-9]{{2}})[t\s]+{_CLOCK}{_ZONE}",
    )
)
_USUAL = re.compile(  # as nearly all mails write it: nothing else has to be searched for
    r"(?:[A-Z][a-z]{2},\s+)?(?P<day>[0-9]{1,2})\s(?P<month>[A-Z][a-z]{2})\s(?P<year>[0-9]{4})\s(?P<hour>[0-9]{2})"
    r":(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?P<noon>)\s(?P<sign>[+-])(?P<zh>[0-9]{2})(?P<zm>[0-9]{2})(?:\s\(|\Z)"
)
MAX_DATE_CHARS = 200
CENTURY_TURN = 50  # of two-digit years
FIRST_FULL_YEAR = 1000
MAX_ZONES = 256
_DAY = timedelta(days=1)


def parse_date(text: str) -> datetime | None:
    """Give the moment as an aware datetime; a missing or unknown zone is read as UTC."""
    if (usual := _USUAL.match(text)) and (moment := _build(usual.groupdict())):
        return moment
    for form in _FORMS:
        match = form.search(text[:MAX_DATE_CHARS])
        if match and (moment := _build(match.groupdict())):
            return moment
    return None


def _build(found: Mapping[str, str | None]) -> datetime | None:
    month = _read_month(found)
    year = int(found["year"] or 0)
    hour = int(found["hour"] or 0)
    if found["noon"]:
        hour = hour % 12 + 12 * (found["noon"].lower() == "pm")
    try:
        return datetime(
            _full_year(year), month, int(found["day"] or 0), hour, int(found["minute"] or 0),
            min(int(found["second"] or 0), 59), tzinfo=_read_zone(found),
        )  # fmt: skip
    except ValueError:
        return None


def _read_month(found: Mapping[str, str | None]) -> int:
    if number := found.get("nmonth"):
        return int(number)
    name = (found.get("month") or "").lower()
    return _MONTHS.index(name) + 1 if name in _MONTHS else 0


def _full_year(year: int) -> int:
    """Complete a year of two or three digits (RFC 5322 §4.3)."""
    if year < CENTURY_TURN:
        return year + 2000
    return year + 1900 if year < FIRST_FULL_YEAR else year


def _read_zone(found: Mapping[str, str | None]) -> timezone:
    if not found["sign"]:
        return _find_zone(_ZONES_MINUTES.get((found["name"] or "").lower(), 0))
    minutes = int(found["zh"] or 0) * 60 + int(found["zm"] or 0)
    return _find_zone(minutes if found["sign"] == "+" else -minutes)


@lru_cache(MAX_ZONES)
def _find_zone(minutes: int) -> timezone:
    offset = timedelta(minutes=minutes)
    return timezone(offset) if offset and abs(offset) < _DAY else UTC
