"""What a correction is made with, read before the request takes the one write lock."""

from citizen_portal.agreements.queries import register_terms
from citizen_portal.bodies.queries import directory
from citizen_portal.questions.actions.correcting import Tools
from citizen_portal.questions.queries.recipients import Ground
from citizen_portal.web import parts


def tools() -> Tools:
    region = parts.region()
    with parts.sessions().reading() as reading:
        ground = Ground(directory(reading), register_terms(reading), region.zone)
    return Tools(ground, parts.index(), parts.sealer(), region.today())
