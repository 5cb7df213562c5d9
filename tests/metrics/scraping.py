"""What Prometheus reads, read by its own library."""

from collections.abc import Iterable, Iterator
from typing import Any

import requests
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

Samples = dict[tuple[str, tuple[str, ...]], float]
"""By name, and by values of labels in the order of the labels' names."""


def samples(text: str) -> Iterator[Sample]:
    for family in text_string_to_metric_families(text):
        yield from family.samples


def read(text: str) -> Samples:
    return {
        (one.name, tuple(one.labels[name] for name in sorted(one.labels))): one.value
        for one in samples(text)
    }


def told(registry: CollectorRegistry) -> Samples:
    return read(generate_latest(registry).decode())


def scraped(port: int, host: str = "127.0.0.1") -> Samples:
    answer = requests.get(f"http://{host}:{port}/metrics", timeout=5)
    assert answer.status_code == 200
    return read(answer.text)


def names(samples: Iterable[tuple[str, Any]]) -> set[str]:
    return {name for name, _ in samples}
