"""The way in as a gate sees it: the house's answers behind one port (model/ports.py Reception)."""

from gatepost.flow.house import House
from gatepost.flow.receive import receive
from gatepost.model.address import Address
from gatepost.model.envelope import Arrival, Envelope
from gatepost.model.mail_id import MailIds
from gatepost.model.ports import Admission
from gatepost.model.verdict import Verdict


class HouseReception:
    """Receives for one house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._mail_ids = MailIds()

    def find_admission(self, recipient: Address) -> Admission | None:
        """Say at once whether mail for this recipient is taken here; None when the upstream must be asked."""
        return self._house.recipients.find(recipient)

    async def admit_recipient(self, recipient: Address) -> Admission:
        """Say whether mail for this recipient is taken here."""
        return await self._house.recipients.admit(recipient)

    async def receive(self, arrival: Arrival) -> Verdict:
        """Judge and keep one mail."""
        return await receive(arrival, self._house)

    def note_refused(self, envelope: Envelope, verdict: Verdict) -> None:
        """Write down what was refused in the dialog: a mail without bytes."""
        arrival = Arrival(self.make_mail_id(), self._house.clock.now(), envelope, b"")
        self._house.vault.note_refused(arrival, verdict)

    def make_mail_id(self) -> str:
        """Name the next mail."""
        return self._mail_ids.make(self._house.clock.now())
