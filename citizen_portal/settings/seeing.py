"""The knobs of what is told of the running portal to those who run it."""

from pathlib import Path

from citizen_portal.settings.limits import LimitSettings


class SeeingSettings(LimitSettings):
    """A part of ``Settings``."""

    metrics_port: int = 0
    """Where Prometheus finds what the web server counts, at `/metrics`. 0: it counts nothing."""

    worker_metrics_port: int = 0
    """The same for the worker, which tells how far behind the portal is as well. 0: nothing."""

    metrics_host: str = "127.0.0.1"
    """The address of this machine at which both listen. Not one that the public can reach."""

    metrics_folder: Path | None = None
    """Folder in which the web server's processes count together, such as one in `/run`. Needed
    with `metrics_port` in production, for there are several."""

    traces_url: str = ""
    """Where an OpenTelemetry collector takes spans of requests by OTLP/HTTP, such as
    `http://127.0.0.1:4318/v1/traces`; needs the extra `otel`. Empty: none are made."""

    least_free_mb: int = 64
    """Megabytes that must be free where requests leave something, or `/readyz` says not ready."""
