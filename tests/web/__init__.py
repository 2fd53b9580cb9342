"""Pages, as a browser gets them."""

import pytest

BOTH = ("ja", pytest.param("en", marks=pytest.mark.slow))
"""Both languages for the long ways through the pages: the second one runs in `make check-all`."""
