"""What each client network costs the sandbox: how long its mails hold a child, and when its turn is next.

Turns are those of weighted fair queuing: each order is stamped with the time at which it would be done if all networks
were served at once, each at the same speed; the earliest stamp goes first. How long an order will take is what those of
its network took before.
Memory: at most MAX_ACCOUNTS; of those that hold no child the one unused for longest makes room, and its network is a
newcomer again.
"""

from collections import OrderedDict
from dataclasses import dataclass

MAX_ACCOUNTS = 32_768
NEWCOMER_PACE_S = 0.5  # of whom nothing is known: behind those who were quick, before those who were slow
NEWS_WEIGHT = 0.25  # of the last order, against all before it


@dataclass(slots=True, eq=False)
class Account:
    """One network."""

    pace_s: float = NEWCOMER_PACE_S  # for which one of its mails holds a child, on average, the last ones most
    done_s: float = 0.0  # on the clock of turns: when all that it ordered would be done
    holding: int = 0  # children

    @property
    def is_quick(self) -> bool:
        """Say whether its mails have held children for moments only."""
        return self.pace_s < NEWCOMER_PACE_S

    def note(self, held_s: float) -> None:
        """Learn from an order that is done; what it took more than was thought comes off the next turns."""
        self.done_s += max(held_s - self.pace_s, 0.0)
        self.pace_s += (held_s - self.pace_s) * NEWS_WEIGHT


class Accounts:
    """The networks that were seen lately."""

    def __init__(self) -> None:
        self._accounts: OrderedDict[str, Account] = OrderedDict()
        self._now_s = 0.0  # on the clock of turns: the stamp of the order that was served last

    def find(self, network: str) -> Account:
        """Give the account of a network."""
        account = self._accounts.get(network)
        if account is None:
            account = self._accounts[network] = Account()
            if len(self._accounts) > MAX_ACCOUNTS:
                del self._accounts[next(name for name, one in self._accounts.items() if not one.holding)]
        else:
            self._accounts.move_to_end(network)
        return account

    def stamp(self, account: Account) -> float:
        """Give a new order its turn, on the clock of turns."""
        account.done_s = max(account.done_s, self._now_s) + account.pace_s
        return account.done_s

    def serve(self, stamp_s: float) -> None:
        """Note that the order of this stamp is being served: nobody who comes now stands before it."""
        self._now_s = max(self._now_s, stamp_s)

    def __len__(self) -> int:
        """Say how many networks are remembered."""
        return len(self._accounts)
