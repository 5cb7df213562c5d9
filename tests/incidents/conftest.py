import pytest
from flask import Flask

from tests.incidents.reporting import Reporting


@pytest.fixture
def reporting(app: Flask) -> Reporting:
    return Reporting(app)


@pytest.fixture(scope="module")
def shared_reporting(shared_app: Flask) -> Reporting:
    """For tests whose calls are refused, or look at nothing but their answer."""
    return Reporting(shared_app)
