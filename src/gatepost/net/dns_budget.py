"""What one mail may still ask the DNS: so many questions, and all of them by one deadline.

Trust: a mail chooses whom it makes us ask, and how slowly those answer; it must not hold us for longer than this.
Fails: TryLater once the budget is spent.
"""

from dataclasses import dataclass

from gatepost.model.errors import TryLater
from gatepost.model.ports import Clock


@dataclass(slots=True)
class DnsBudget:
    """Counts down; what is answered from the cache costs nothing."""

    questions: int
    deadline_s: float
    started_s: float
    clock: Clock

    @classmethod
    def open(cls, questions: int, deadline_s: float, clock: Clock) -> "DnsBudget":
        """Start the time now."""
        return cls(questions, deadline_s, clock.monotonic_s(), clock)

    def take_question(self) -> float:
        """Pay for one question; give the seconds that its answer may take, or raise TryLater."""
        left_s = self.started_s + self.deadline_s - self.clock.monotonic_s()
        if left_s <= 0:
            raise self.say_too_late()
        if self.questions <= 0:
            raise TryLater("the mail makes us ask the DNS more questions than [dns] max_questions_for_mail allows")
        self.questions -= 1
        return left_s

    def say_too_late(self) -> TryLater:
        """Give the error of a mail whose time is over."""
        return TryLater(f"the DNS did not answer all questions about the mail within {self.deadline_s:g} s")
