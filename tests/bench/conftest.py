"""The benches are no part of the installed package: let the tests find them beside it."""

import sys

from paths import PROJECT_ROOT

if str(PROJECT_ROOT) not in sys.path:
    sys.path.insert(0, str(PROJECT_ROOT))
