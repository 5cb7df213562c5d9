"""Filters whose absence changes nothing that anybody could see, each with the reason."""

SAME_PERSON = (
    "The id of a link is a digest of one citizen's id under the body's key "
    "(identity.actions.pairwise), and an effect's subject is the id of its own citizen (weigh "
    "takes it from that citizen's links, hear_held from the index row of this very pair), so the "
    "rest of the condition finds that citizen's link or none; the citizen stays in it for the "
    "second wall and for sharding."
)

EQUIVALENT: dict[str, str] = {
    (
        "citizen_portal.agreements.queries.confirmations:confirmations: "
        "Confirmation.organisation_id.in_(organisation_ids)"
    ): (
        "What is given has one entry for each body that was asked for, looked up by its id "
        "among the rows, of which the unique key allows one for each body under a reference "
        "and a digest: a row of another body is read and not used."
    ),
    (
        "citizen_portal.bodies.actions.deliveries:_due_messages: "
        "Delivery.organisation_id.in_(organisation_ids)"
    ): (
        "Messages are numbered within each body and gathered under its id, nothing is locked, "
        "and take_up, which alone calls it, takes from that only what stands under the bodies "
        "it has claimed: a message of another body is read and not used."
    ),
    "citizen_portal.incidents.actions:tell: IncidentLine.citizen_id.in_(citizens)": (
        "Whoever it finds is taken from `set(citizens)`, so a line of anybody else takes "
        "nobody away; it is named so that each row read is of a citizen who is asked about, "
        "and not each line of the incident."
    ),
    "citizen_portal.opinions.queries:vote_of: session.get(Vote, (round_id, blind))": (
        "A blind is a keyed digest of the round and of the citizen together "
        "(opinions.actions.blind): what is found by it alone is of this round and of this "
        "citizen."
    ),
    (
        "citizen_portal.preferences.queries.checking:_no_longer_linked: SubjectLink.citizen_id == "
        "Effect.citizen_id"
    ): SAME_PERSON,
    (
        "citizen_portal.preferences.queries.records:_records: SubjectLink.citizen_id == "
        "Effect.citizen_id"
    ): SAME_PERSON,
}
