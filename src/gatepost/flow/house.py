"""The ports and rules that the way in may use; built once for each worker by the daemon."""

from dataclasses import dataclass

from gatepost.flow.judging import Judging
from gatepost.flow.recipients import Recipients
from gatepost.model.address import Domain
from gatepost.model.ports import Clock, Vault


@dataclass(frozen=True, slots=True)
class House:
    """What `receive` needs."""

    hostname: Domain
    clock: Clock
    vault: Vault
    recipients: Recipients
    judging: Judging
    max_received_count: int
