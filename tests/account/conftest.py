"""Two people who could close their accounts; a portal and a provider over real HTTP."""

import pytest
from flask import Flask

from tests.access.pushing import Pushing
from tests.account.closing import Someone, somebody
from tests.identity.conftest import open_portal as open_portal
from tests.identity.conftest import open_provider as open_provider
from tests.identity.conftest import portal as portal
from tests.identity.conftest import stack as stack


@pytest.fixture
def pushing(app: Flask) -> Pushing:
    return Pushing(app, "clinic", "council")


@pytest.fixture
def two(pushing: Pushing) -> tuple[Someone, Someone]:
    return somebody(pushing, "CANARY-one"), somebody(pushing, "CANARY-other")
