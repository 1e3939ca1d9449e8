"""What to do where there is no browser."""

import os

import pytest


def unless_required(reason):
    """Skip, or fail where the browser is required."""
    if os.environ.get("SENTILORA_BROWSER") == "required":
        pytest.fail(reason)
    pytest.skip(reason)
