"""A mail profits from what was proven in its own way."""

from gatepost.model.facts import Contact, Way

ANN = Contact(delivered=9, by_dkim=5, by_spf=7, by_seal=1, by_network=2)


def test_the_way_that_had_most_counts() -> None:
    assert ANN.count_proven((Way.DKIM, Way.SPF)) == 7
    assert ANN.count_proven((Way.DKIM,)) == 5
    assert [ANN.count_proven((way,)) for way in (Way.SEAL, Way.NETWORK)] == [1, 2]


def test_what_is_not_proven_has_no_share() -> None:
    assert ANN.count_proven(()) == 0
