"""A portal and an identity provider over real HTTP, for who closes their account in a browser."""

from tests.identity.conftest import open_portal as open_portal
from tests.identity.conftest import open_provider as open_provider
from tests.identity.conftest import portal as portal
from tests.identity.conftest import stack as stack
