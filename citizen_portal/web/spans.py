"""A span of OpenTelemetry for each request, where somebody wants them (extra ``otel``).

Made once the request is over, of what its line in the log holds. None is open meanwhile: so nothing
that runs within a request can add an address, a statement or the words of an error. What a caller
says of a trace of its own is not taken over.
"""

import time
from threading import Lock

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

SERVICE = "citizen-portal"


class Spans:
    """What sends them has a thread, and begins with the first request: a web server that loads the
    app before it forks has none then."""

    def __init__(self, url: str) -> None:
        self._url, self._beginning = url, Lock()
        self._provider: TracerProvider | None = None

    def _begun(self) -> TracerProvider:
        with self._beginning:
            if self._provider is None:
                self._provider = TracerProvider(resource=Resource({SERVICE_NAME: SERVICE}))
                exporter = OTLPSpanExporter(endpoint=self._url)
                self._provider.add_span_processor(BatchSpanProcessor(exporter))
            return self._provider

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """By the names of OpenTelemetry's semantic conventions for HTTP."""
        ended = time.time_ns()
        span = (
            self._begun()
            .get_tracer(SERVICE)
            .start_span(
                f"{method} {route}",
                context=Context(),
                kind=SpanKind.SERVER,
                attributes={
                    "http.request.method": method,
                    "http.route": route,
                    "http.response.status_code": status,
                },
                start_time=ended - int(seconds * 1e9),
            )
        )
        if status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended)

    def flush(self) -> None:
        """Send what waits; by itself it goes every few seconds."""
        self._begun().force_flush()
