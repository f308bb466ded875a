"""Every file, whatever it is: which YARA rules match it. What a rule means is said in screen/checks/yara_rule.py."""

from gatepost.message.attachments.desk import EVERY_KIND, Desk, File, Insides
from gatepost.message.attachments.rules import Scanned

OPENS = EVERY_KIND


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Note each rule as `yara.<rule>`, with the file of rules that it stands in."""
    for name in desk.rules.find(Scanned(file.content, file.kind, file.name)):
        insides.note(f"yara.{name.rule}", name.file)
