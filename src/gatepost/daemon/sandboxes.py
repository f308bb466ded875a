"""The sandbox of one worker, and what of it stands in the log: how children ended, never over which file."""

import structlog

from gatepost.daemon.parts import Plan
from gatepost.model.ports import Counters
from gatepost.net.sandbox.sandbox import Sandbox

_PERSON_MUST_ACT = frozenset({"sandbox_failed", "sandbox_not_started", "sandbox_nursery_died"})

log = structlog.get_logger()


def build_sandbox(plan: Plan, counters: Counters) -> Sandbox | None:
    """Start the sandbox of this process, without waiting for it; None where nothing is to be opened."""
    if not plan.settings.open.enabled:
        return None
    rules = plan.judging.kit.rule_book.rules.pack()
    sandbox = Sandbox(plan.settings.open, report_sandbox, counters, rules=rules)
    sandbox.start()
    return sandbox


def report_sandbox(event: str, **words: object) -> None:
    """Write what the sandbox tells about itself."""
    if event in _PERSON_MUST_ACT:
        log.error(event, **words)
    elif event == "sandbox_ready":
        log.info(event, **words)
    else:
        log.warning(event, **words)
