"""Coroutines in tests: in a thread of their own, as a browser keeps this one's loop running."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """What it ends with."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()
