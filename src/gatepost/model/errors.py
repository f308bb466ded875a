"""The few exceptions: their fault, our fault, try later.

What the peer may read (`public`) and what only the log may read (`detail`) are two fields of one error.
Expected outcomes are values; an exception here means that the usual road cannot go on.
"""


class GatepostError(Exception):
    """Root of everything gatepost raises on purpose.

    `public` is one clear sentence that may be shown to the peer or the user; `detail` is for the log alone.
    """

    def __init__(self, public: str, detail: str = "") -> None:
        super().__init__(public)
        self.public = public
        self.detail = detail


class TheirFault(GatepostError):
    """The input is wrong; the same input will fail again."""


class OurFault(GatepostError):
    """gatepost broke one of its own rules: a bug."""


class TryLater(GatepostError):
    """The cause may pass: a full disk, a resolver that does not answer."""


class PeerProtocolError(TheirFault):
    """A peer broke the protocol that it speaks."""


class BadAddress(TheirFault):
    """A text is not an address or a domain."""


class BadSettings(TheirFault):
    """A setting is unknown, malformed or out of bounds; `public` names the place and the remedy."""


class BadInput(TheirFault):
    """A file or argument that a user named cannot be used; `public` names it and the remedy."""


class OurProtocolError(OurFault):
    """Our side asked a protocol machine for something that its state does not allow."""


class StorageTrouble(TryLater):
    """The disk did not take what we wrote; `reason` says which reply the peer gets."""

    def __init__(self, public: str, detail: str = "", *, is_full: bool = False) -> None:
        super().__init__(public, detail)
        self.is_full = is_full


class PeerGone(TryLater):
    """The peer closed, refused or timed out; `public` says which peer and what happened."""
