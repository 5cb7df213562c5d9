"""Where files are kept that only their seal protects: a folder, or a bucket of an object store.

Names are made by us and say nothing. A name leads to a whole file or to nothing.
"""

from citizen_portal.storage.bucket import SCHEME, Bucket
from citizen_portal.storage.folder import Folder
from citizen_portal.storage.port import NotStored, Sink, Store

__all__ = ["Folder", "NotStored", "Sink", "Store", "at"]


def at(address: str) -> Store:
    """The store at ``s3://bucket/prefix``, or in the folder of that path."""
    return Bucket(address) if address.startswith(SCHEME) else Folder(address)
