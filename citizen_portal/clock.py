"""The one place that reads the time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """The day that the calendar shows in a time zone such as "Europe/London"."""
    return now().astimezone(ZoneInfo(zone)).date()
