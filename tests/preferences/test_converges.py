"""Whatever is lost on either side and between them, in the end each body holds what the citizen
chose last, as far as anybody still has it; and no page says more than a body did.

``RUNS`` says how often; ``make faults`` plays 500.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from citizen_portal.agreements.queries import Terms, register_terms
from citizen_portal.bodies import actions as telling
from citizen_portal.bodies.queries import directory
from citizen_portal.errors import DomainError
from citizen_portal.preferences import actions
from citizen_portal.preferences.actions import Wish
from citizen_portal.preferences.models import Answer, Reply
from citizen_portal.preferences.queries import Stands, decide, parties, standing
from tests.agreements.files import agreement
from tests.preferences.converging import JOBS, World
from tests.preferences.town import BODIES, DUE, RESEARCH, SIGNED
from tests.preferences.wishes import (
    CHANGING,
    Chooses,
    Chosen,
    maybe,
    people,
    replayed,
    scope_of,
    slugs,
    wishes,
)

RUNS = int(os.environ.get("RUNS", "12"))
STATES = {
    "applied": {"from": "2026-11-20"},
    "refused": {"reason": "We must keep it for a claim."},
    "not_yet": {"until": "2999-01-01", "reason": "It is a large file."},
}


class Crash(Exception):
    pass


class Network(RuleBasedStateMachine):
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.world.begin()
        self.chosen: dict[UUID, Chosen] = {}
        self.left: set[UUID] = set()
        """The choices that anybody still has who told the portal of them."""
        self.agreements: dict[str, dict[str, Any]] = {}
        self.links: set[tuple[UUID, str]] = set()
        self.flying: list[tuple[str, dict[str, Any]]] = []
        self.copy = self.world.back_up()

    @rule(wishes=st.lists(wishes, min_size=1, max_size=4))
    def choose(self, wishes: list[Chooses]) -> None:
        for wish in wishes:
            self._choose(*wish)

    @rule(wishes=st.lists(wishes, min_size=1, max_size=3), readers=st.sets(slugs))
    def choose_and_be_heard(self, wishes: list[Chooses], readers: set[str]) -> None:
        """What mostly happens."""
        self.choose(wishes)
        self.world.work()
        for slug in sorted(readers):
            self.world.read_list(self.world.bodies[slug])

    @rule(wish=wishes)
    def portal_crashes_before_it_has_kept_a_choice(self, wish: Chooses) -> None:
        self._choose(*wish, crash=True)

    def _choose(
        self, who: int, of: tuple[str, str], answer: Answer, keep: bool, *, crash: bool = False
    ) -> None:
        person, town = self.world.people[who], self.world.town
        scope = scope_of(of, town.bodies)
        seen: list[tuple[Stands, frozenset[str]]] = []

        def sign(made: Stands, preview: Any) -> str:
            seen.append((made, frozenset(each.scope.key for each in preview.kept)))
            return SIGNED

        try:
            with town.sessions.writing() as session:
                keys = standing(session, person).keys() if keep else ()
                actions.choose(
                    session,
                    person,
                    Wish(scope, answer, frozenset(keys)),
                    register=register_terms(session),
                    due=DUE,
                    today=self.world.today,
                    receipt=sign,
                )
                if crash:
                    raise Crash
        except (DomainError, Crash):
            return
        for made, keeps in seen:
            self.chosen[made.choice_id] = Chosen(person, made, keeps)
            self.left.add(made.choice_id)
        self.world.note()

    @rule(names=st.lists(st.sampled_from(JOBS), unique=True))
    def work(self, names: list[str]) -> None:
        self.world.work(*names)

    @rule()
    def worker_dies_before_it_has_sent(self) -> None:
        try:
            with self.world.town.sessions.writing() as session:
                actions.send_some(session, lambda effect, basis: "never seen")
                raise Crash
        except Crash:
            pass

    @rule(fate=st.lists(st.sampled_from(["taken", "lost", "late", "unheard"]), min_size=1))
    def post(self, fate: list[str]) -> None:
        """Messages go out: one is taken, lost, still on its way, or taken without a word."""
        with self.world.town.sessions.writing() as session:
            due = telling.take_up(session)
            slug_of = {id_: body.slug for id_, body in directory(session).bodies.items()}
        for hook in due:
            slug, faults = slug_of[hook.organisation_id], {}
            for at, message in enumerate(hook.messages):
                became = fate[at % len(fate)]
                faults[message.id] = None if became == "taken" else "timeout"
                if message.kind != "preference.changed" or became == "lost":
                    continue
                if became in ("taken", "unheard"):
                    self.world.bodies[slug].take(dict(message.payload))
                if became in ("late", "unheard"):
                    self.flying.append((slug, dict(message.payload)))
            with self.world.town.sessions.writing() as session:
                telling.settle(session, hook, faults)

    @precondition(lambda self: self.flying)
    @rule(at=st.integers(0, 50), again=maybe)
    def arrive(self, at: int, again: bool) -> None:
        slug, change = self.flying[at % len(self.flying)]
        self.world.bodies[slug].take(change)
        if not again:
            self.flying.pop(at % len(self.flying))

    @rule(slug=slugs, lost=maybe)
    def read_list(self, slug: str, lost: bool) -> None:
        self.world.read_list(self.world.bodies[slug], lost=lost)

    @rule(slug=slugs, at=st.integers(0, 50), state=st.sampled_from(sorted(STATES)))
    def answer(self, slug: str, at: int, state: str) -> None:
        body = self.world.bodies[slug]
        if not body.holds:
            return
        held = sorted(body.holds.values(), key=lambda each: str(each["id"]))
        effect = held[at % len(held)]["id"]
        body.said.add((effect, state))
        path = f"preference-changes/{effect}/acknowledgement"
        answer = self.world.call(body, "POST", path, {"state": state, **STATES[state]})
        assert answer.status_code in (200, 404), answer.text

    @rule(
        reference=st.sampled_from(CHANGING),
        say=st.sampled_from(["none", "objection", "opt_out", "consent"]),
        over=maybe,
    )
    def publish(self, reference: str, say: str, over: bool) -> None:
        yesterday = (self.world.today - timedelta(days=1)).isoformat()
        self.agreements[reference] = agreement(
            reference,
            disclosers=[{"organisation": "clinic"}],
            recipients=[{"organisation": "university"}],
            choice=say,
            purpose_iri=RESEARCH,
            choice_reason={"en": "The law demands it."} if say == "none" else None,
            ends=yesterday if over else None,
        )
        self.world.publish(self.agreements.values())

    @rule(who=people)
    def link(self, who: int) -> None:
        self.links.add((self.world.people[who], "council"))
        self.world.link(self.links)

    @rule()
    def back_up(self) -> None:
        self.copy = self.world.back_up()

    @rule()
    def restore(self) -> None:
        """The operator puts old data back, and what can be had again of elsewhere: the register
        of its files, links of their people."""
        self.world.restore(self.copy)
        self.left = self.world.kept()
        self.world.publish(self.agreements.values())
        self.world.link(self.links)

    @rule(slug=slugs)
    def body_saves(self, slug: str) -> None:
        self.world.bodies[slug].save()

    @rule(slug=slugs)
    def body_crashes(self, slug: str) -> None:
        self.world.bodies[slug].crash()

    @rule(slug=slugs, done=maybe)
    def body_tells(self, slug: str, done: bool) -> None:
        self._tell(slug, done=done)

    @invariant()
    def no_page_says_more_than_a_body_did(self) -> None:
        slug_of = {id_: slug for slug, id_ in self.world.town.bodies.items()}
        for shown in self.world.shown():
            body = self.world.bodies[slug_of[shown.organisation_id]]
            if shown.reply is not Reply.NONE:
                assert (shown.id.hex, shown.reply.value) in body.said
            elif shown.told_at is not None:
                assert shown.id.hex in body.got

    def teardown(self) -> None:
        """The network heals, bodies say what they hold and read their lists to the end."""
        for slug, change in self.flying:
            self.world.bodies[slug].take(change)
        for slug in BODIES:
            self.world.work()
            if self.world.read_list(self.world.bodies[slug]) == 409:
                self._tell(slug, done=True)
        self.world.work()
        for slug, body in self.world.bodies.items():
            assert self.world.read_list(body) == 200
            digest = self.world.digest(body)
            held = {key: each["version"] for key, each in body.holds.items()}
            assert {key: held.get(key, 0) for key in digest} == digest, slug
        self._all_hold_the_last_choice()

    def _all_hold_the_last_choice(self) -> None:
        with self.world.town.sessions.reading() as session:
            register = register_terms(session)
        for person in self.world.people:
            stands = replayed(self._left(person), register.newest)
            with self.world.town.sessions.reading() as session:
                assert standing(session, person) == stands
            for reference in register.versions:
                terms = register.in_force(reference, self.world.today)
                if terms is not None:
                    self._hold(person, terms, decide(terms, stands).may_use)

    def _hold(self, person: UUID, terms: Terms, may_use: bool) -> None:
        town = self.world.town
        for slug, body in self.world.bodies.items():
            linked = slug != "council" or person == self.world.people[0]
            linked = linked or (person, slug) in self.links
            if town.bodies[slug] in parties(terms) and linked:
                key = town.known_as(person, slug), terms.reference
                unsaid = {"may_use": terms.choice.value != "consent"}
                assert body.holds.get(key, unsaid)["may_use"] is may_use, (slug, key)

    def _left(self, person: UUID) -> list[Chosen]:
        return [self.chosen[id_] for id_ in self.left if self.chosen[id_].person == person]

    def _tell(self, slug: str, *, done: bool) -> None:
        told = self.world.tell(self.world.bodies[slug], done=done)
        came_of = {self.world.came_of[effect] for effect in told}
        self.left |= {choice_id for choice_id in came_of if choice_id is not None}


@pytest.mark.sqlite  # each run begins with a copy of one file
def test_each_body_ends_with_the_last_choice_that_anybody_still_has(
    app: Flask, tmp_path: Path
) -> None:
    machine = type("Machine", (Network,), {"world": World(app, tmp_path)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
            database=None,
            report_multiple_bugs=False,
        ),
    )
