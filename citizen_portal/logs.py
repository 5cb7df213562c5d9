"""Logs in JSON lines, with allow-listed fields only, so that nothing personal can slip in."""

import json
import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import structlog

FIELDS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "method",
        "route",
        "status",
        "ms",
        "job",
        "fault",
        "source",
        "body",
        "count",
        "port",
        "where",
        "request",
    }
)
"""What a log line may hold. ``route`` is the rule, never the address; ``request`` is random."""


class Kinds(logging.Formatter):
    """What a library logs as a line like our own: which library, and where it speaks, or of an
    error its kind and place. What it says, such as PostgreSQL of a row that it refused, is what
    somebody wrote."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        place = {"where": f"{record.filename}:{record.lineno}"} if error is None else fault(error)
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        told = {"event": record.name, "level": record.levelname.lower(), "timestamp": at}
        return json.dumps(place | told)


def configure(level: str) -> None:
    """Set up logging for this process; libraries' own lines are kept to warnings."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(Kinds())
    logging.basicConfig(handlers=[lines], level=logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            allow_listed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # wherever that leads now
        cache_logger_on_first_use=False,
    )


def allow_listed(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not listed: forgetting to list one loses a fact, not a secret."""
    return {name: value for name, value in entry.items() if name in FIELDS}


def fault(error: BaseException | None) -> dict[str, str]:
    """The kind of an error, and file and line of its innermost frame: enough to find it, with no
    value in it."""
    trace = error.__traceback__ if error else None
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "unknown"
    if trace is not None:
        where = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
    return {"fault": type(error).__name__, "where": where}
