"""What can be asked about choices: the rule, what stands, what a choice would change."""

from citizen_portal.preferences.queries.effects import (
    Feedback,
    Told,
    effects_of,
    going_on,
    told,
    unread,
)
from citizen_portal.preferences.queries.feed import behind
from citizen_portal.preferences.queries.named import ChoiceNames
from citizen_portal.preferences.queries.offered import (
    choosable,
    chosen_about,
    concerning,
    wider,
)
from citizen_portal.preferences.queries.preview import (
    Preview,
    Reached,
    is_objection,
    preview,
    within,
)
from citizen_portal.preferences.queries.rule import (
    Decision,
    Stands,
    decide,
    keys_over,
    narrower,
    newest_no,
    parties,
    reaches,
    scopes_over,
    without_choice,
)
from citizen_portal.preferences.queries.standing import (
    Made,
    count_of,
    each_receipt,
    ended_by,
    history,
    newest_number,
    one,
    receipt,
    standing,
    those,
)

__all__ = [
    "ChoiceNames",
    "Decision",
    "Feedback",
    "Made",
    "Preview",
    "Reached",
    "Stands",
    "Told",
    "behind",
    "choosable",
    "chosen_about",
    "concerning",
    "count_of",
    "decide",
    "effects_of",
    "ended_by",
    "going_on",
    "history",
    "is_objection",
    "keys_over",
    "narrower",
    "newest_no",
    "newest_number",
    "one",
    "parties",
    "preview",
    "reaches",
    "receipt",
    "each_receipt",
    "scopes_over",
    "standing",
    "those",
    "told",
    "unread",
    "wider",
    "within",
    "without_choice",
]
