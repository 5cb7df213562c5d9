"""What can be asked about how citizens are told of news."""

from citizen_portal.news.queries.mailboxes import Channel, channel, due, held, last_told, stopped_by
from citizen_portal.news.queries.wishes import (
    FEED_DAYS,
    Wishes,
    feed_of,
    news_since,
    to_look,
    wants_looks,
    wishes,
)

__all__ = [
    "FEED_DAYS",
    "Channel",
    "Wishes",
    "channel",
    "due",
    "feed_of",
    "held",
    "last_told",
    "news_since",
    "stopped_by",
    "to_look",
    "wants_looks",
    "wishes",
]
