"""The sandbox of one worker, and what of it stands in the log: how children ended, never over which file.

Fails: TryLater where no file is opened now: the sender brings the mail again, which would be held unseen otherwise.
"""

import structlog

from gatepost.daemon.parts import Plan
from gatepost.model.contents import Contents
from gatepost.model.errors import TryLater
from gatepost.model.ports import Counters, OpenOrder
from gatepost.net.sandbox.answers import BUSY, DOWN
from gatepost.net.sandbox.sandbox import Sandbox

_PERSON_MUST_ACT = frozenset({"sandbox_broke", "sandbox_failed", "sandbox_not_started", "sandbox_nursery_died"})

log = structlog.get_logger()


class GateOpener:
    """Opens files for a gate, which can ask for a mail again; the Opener port."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def open(self, order: OpenOrder) -> Contents:
        """Open all files; raise TryLater where one was not even tried."""
        contents = self._sandbox.open(order)
        if any(trait.code in (BUSY, DOWN) for file in contents.files for trait in file.traits):
            raise TryLater("the files of this mail cannot be opened now")
        return contents

    def close(self) -> None:
        """End the sandbox."""
        self._sandbox.close()


def build_sandbox(plan: Plan, counters: Counters) -> GateOpener | None:
    """Start the sandbox of this process, without waiting for it; None where nothing is to be opened."""
    if not plan.settings.open.enabled:
        return None
    rules = plan.judging.kit.rule_book.rules.pack()
    sandbox = Sandbox(plan.settings.open, report_sandbox, counters, rules=rules)
    sandbox.start()
    return GateOpener(sandbox)


def report_sandbox(event: str, **words: object) -> None:
    """Write what the sandbox tells about itself."""
    if event in _PERSON_MUST_ACT:
        log.error(event, **words)
    elif event == "sandbox_ready":
        log.info(event, **words)
    else:
        log.warning(event, **words)
