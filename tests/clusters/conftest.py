import pytest


@pytest.fixture(scope="session")
def database_kind() -> str:
    """Whatever the other tests are run on."""
    return "clusters"
