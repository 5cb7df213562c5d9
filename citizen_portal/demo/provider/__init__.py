"""The identity provider of the demo world, on Authlib's server classes: invented people only.

It is shaped like GOV.UK One Login: pairwise opaque subjects, ``vot``, ES256, RFC 9207. One page,
one form, no password. On plain http Authlib wants ``AUTHLIB_INSECURE_TRANSPORT`` to be set.
"""

from citizen_portal.demo.provider.app import create_provider
from citizen_portal.demo.provider.state import Client, Person

__all__ = ["Client", "Person", "create_provider"]
