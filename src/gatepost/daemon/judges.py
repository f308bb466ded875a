"""Keeps what judged mail for as long as held mail may be judged again, and forgets old decisions of people."""

import asyncio
from pathlib import Path

import structlog

from gatepost.daemon.parts import Plan
from gatepost.flow.former import clear_former, keep_model, note_use
from gatepost.learn.decisions import clear_decisions
from gatepost.model.errors import GatepostError

TURN_S = 3600.0

log = structlog.get_logger()


async def keep_judges(plan: Plan) -> None:
    """Keep the model that is in use, then clear away what is too old or too much, again and again."""
    kept: Path | None = None
    while True:
        kept = await asyncio.to_thread(tend_judges, plan, kept)
        await asyncio.sleep(TURN_S)


def tend_judges(plan: Plan, kept: Path | None) -> Path | None:
    """Do one turn; give the copy of the model. Trouble is told and tried again: mail goes on without it."""
    screening, now = plan.judging.kit, plan.clock.now()
    try:
        if kept is None or not kept.exists():
            kept = keep_model(plan.state, screening.settings.model, screening.classifier, now)
        else:
            note_use(kept, now)
        removed = clear_former(plan.state, plan.settings.store, now)
        removed += clear_decisions(plan.state, plan.settings.store.decisions_days, now)
    except (OSError, GatepostError) as error:
        log.warning("judges_not_kept", says=str(error))
        return None
    if removed:
        log.info("judges_cleared", files=removed)
    return kept
