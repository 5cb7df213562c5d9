"""No route and no table is left out: a new one has to be stated before anything else is tested."""

from flask import Flask

from tests.isolation import routes
from tests.isolation.routes import NAMED, Owner
from tests.isolation.world import World


def test_each_route_says_whose_it_is_and_what_its_address_names(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert set(routes.kinds(rule)) == set(rule.arguments), rule.rule
    owners = {routes.owner(rule) for rule in app.url_map.iter_rules()}
    assert owners == set(Owner)


def test_nothing_is_stated_of_routes_that_are_gone(app: Flask) -> None:
    there = {str(rule.endpoint) for rule in app.url_map.iter_rules() if rule.arguments}
    assert {name for name in NAMED if name not in there} <= {name.split(".")[0] for name in there}


def test_each_kind_that_an_address_names_has_ids_of_both(world: World) -> None:
    beside = {routes.PUBLIC, routes.UNKNOWN, "hold"}
    wanted = {kind for parts in NAMED.values() for kind in parts.values()} - beside
    for someone in world.people:
        assert wanted <= set(someone.named)


def test_each_route_by_each_method_has_an_address_with_ids(world: World) -> None:
    bare = [
        rule.rule
        for rule in world.app.url_map.iter_rules()
        if rule.endpoint != "static" and not routes.addresses(rule, world.one, most=3)
    ]
    assert bare == []


def test_the_fields_that_are_tried_are_those_that_the_portal_reads() -> None:
    assert {"at", "after", "reason", "answer", "back", "sure", "lang"} <= set(routes.fields())
