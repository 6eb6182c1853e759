"""Options of the tests."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=40, help="how often the tests of editions kill a process at a random moment")


# A loaded machine makes slow examples, and slow is no fault: how long a test may take is for whoever runs it to say.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
settings.load_profile("here")
