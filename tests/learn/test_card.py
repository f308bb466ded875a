"""A card names licences that bind, and a version that belongs to one model only."""

from pathlib import Path

import numpy as np

from gatepost.learn.card import LICENCES, name_version
from gatepost.learn.corpus import Corpus


def test_a_licence_that_forbids_commerce_is_told() -> None:
    assert "non-commercial" in LICENCES["phishing_pot"]


def test_a_version_belongs_to_data_and_weights() -> None:
    corpora = [Corpus(Path(), (), {"manifest.csv": digest}) for digest in ("aa", "bb")]
    arrays = [{"words": np.array([value])} for value in (1.0, 2.0)]
    versions = {name_version(corpus, one) for corpus in corpora for one in arrays}
    assert len(versions) == 4
    assert versions == {name_version(corpus, one) for corpus in corpora for one in arrays}
