"""How a token is asked for and answered, and how keys of a system are handed in."""

from citizen_portal.bodies.schemas.key_sets import BadKeys, read_keys
from citizen_portal.bodies.schemas.oauth import OAuthFault, ServerMetadata, TokenAnswer, TokenWanted

__all__ = ["BadKeys", "OAuthFault", "ServerMetadata", "TokenAnswer", "TokenWanted", "read_keys"]
