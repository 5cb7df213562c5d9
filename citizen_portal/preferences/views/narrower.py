"""Beside a wider no: the narrower yeses that stay, and those that it ended."""

from flask_babel import gettext

from citizen_portal.preferences import queries
from citizen_portal.preferences.models import Answer
from citizen_portal.preferences.queries import Stands
from citizen_portal.preferences.views.before import Point
from citizen_portal.preferences.views.reading import Reading
from citizen_portal.web.pages import day


def yeses(reading: Reading, stands: Stands) -> list[Point]:
    if stands.answer is not Answer.NO or stands.scope.agreement is not None:
        return []
    inside = queries.narrower(reading.standing.values(), stands.scope, reading.register.newest)
    kept = [each for each in inside if each.answer is Answer.YES]
    ended = queries.ended_by(reading.session, reading.citizen_id, stands.choice_id)
    stay = [
        Point(
            reading.title(each.scope),
            gettext("It stays: you said yes on %(day)s", day=day(each.made_at)),
            reading.address(each.scope),
        )
        for each in kept
    ]
    gone = [
        Point(reading.title(scope), gettext("Ended by this choice"), reading.address(scope))
        for scope in ended
        if scope not in [each.scope for each in kept]
    ]
    return [*stay, *gone]
