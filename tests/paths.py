"""Where things lie that tests read from disk."""

from pathlib import Path

import pytest

PROJECT_ROOT = Path(__file__).resolve().parent.parent
SOURCE = PROJECT_ROOT / "src" / "gatepost"
SHARED = PROJECT_ROOT.parent / "shared"  # corpora and other people's suites: read in place, never copied in here

needs_shared = pytest.mark.needs_shared  # conftest.py skips these where SHARED is missing, and fails them in CI
