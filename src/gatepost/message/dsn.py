"""Read what a multipart/report says.

Standards: RFC 6522 (multipart/report), RFC 3464 (delivery status), RFC 8098 (disposition notification).
Trust: anyone can write a report; it proves nothing.
Fails: None for what is no report.
"""

from typing import TYPE_CHECKING

from gatepost.message.pieces import DeliveryReport

if TYPE_CHECKING:
    from gatepost.message.message import Part


def read_report(root: "Part") -> DeliveryReport | None:
    """Give the report that a multipart/report holds."""
    if root.content_type != "multipart/report":
        return None
    return DeliveryReport(root.parameters.get("report-type", "").lower(), "", (), "")
