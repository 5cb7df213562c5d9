"""What the worker does for choices: sends what changed, notes what arrived."""

from datetime import timedelta

from citizen_portal import jobs
from citizen_portal.bodies.queries import directory
from citizen_portal.preferences import actions
from citizen_portal.preferences.models import Effect
from citizen_portal.preferences.queries.feed import stated
from citizen_portal.signing import Signer

STATEMENT_KIND = "citizen-portal-preference+jwt"


@jobs.handler("preferences.send", every=timedelta(minutes=1))
def send(work: jobs.Work) -> None:
    """Until nothing is left: what was chosen is on its way within a moment."""
    signer: Signer = work.parts["signer"]
    with work.sessions.reading() as reading:
        bodies = directory(reading).bodies

    def sign(effect: Effect) -> str:
        said = stated(effect, slug=bodies[effect.organisation_id].slug)
        return signer.statement(said, kind=STATEMENT_KIND)

    while True:
        with work.transaction() as session:
            if not actions.send_some(session, sign):
                return


@jobs.handler("preferences.hear", every=timedelta(minutes=5))
def hear(work: jobs.Work) -> None:
    with work.transaction() as session:
        actions.hear(session)
