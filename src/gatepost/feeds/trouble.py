"""Why a list cannot be used."""

from gatepost.model.errors import TheirFault


class FeedTrouble(TheirFault):
    """A list cannot be used; `public` says why in words that follow its name: "is empty"."""
