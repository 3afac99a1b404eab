"""OSCQuery against the proposal: every address of the table has a node, and every node is as the proposal wants it."""

from typing import Any

import pytest

from emo_osc.protocol.commands import FLAT, ROUTES
from emo_osc.protocol.osc import decode, encode
from emo_osc.protocol.parameters import VALUES
from emo_osc.protocol.parsing import parse
from emo_osc.surface.oscquery import ATTRIBUTES, EXTENSIONS, Values, answer, host_info, node, value_of
from emo_osc.surface.state_cache import StateCache

KNOWN: Values = {
    "va": (0.5, -1.0),
    "mood": ("bright", 1.0),
    "tempo": (96.0,),
    "kept": (),
    "quantize": ("bar",),
    "bar": (3,),
}
WIDTHS = {"f": float, "i": int, "s": str}


def nodes(found: dict[str, Any]) -> list[dict[str, Any]]:
    below = [each for child in found.get("CONTENTS", {}).values() for each in nodes(child)]
    return [found, *below]


ADDRESSES = [address for address in ROUTES if "*" not in address]
ALL: list[dict[str, Any]] = nodes(node("/", KNOWN))


def test_every_address_of_the_table_is_in_the_tree_under_its_path() -> None:
    paths = {each["FULL_PATH"] for each in ALL}

    assert set(ADDRESSES) - set(FLAT.values()) <= paths
    assert {f"/emo/state/{name}" for name in VALUES} <= paths
    assert all(
        child["FULL_PATH"] == f"{each['FULL_PATH'].rstrip('/')}/{name}"
        for each in ALL
        for name, child in each.get("CONTENTS", {}).items()
    )


@pytest.mark.parametrize("each", ALL, ids=lambda each: each["FULL_PATH"])
def test_a_node_is_as_the_proposal_wants_it(each: dict[str, Any]) -> None:
    kinds = each.get("TYPE", "")

    assert each.keys() <= set(ATTRIBUTES)
    assert each["ACCESS"] in (0, 1, 2, 3)
    assert isinstance(each["DESCRIPTION"], str)
    assert not ("TYPE" in each and "CONTENTS" in each), "python-oscquery refuses a tree with such a node"
    assert ("TYPE" in each) == (each["ACCESS"] > 0)
    assert all(len(each[attribute]) == len(kinds) for attribute in ("RANGE", "CLIPMODE", "UNIT") if attribute in each)
    assert all(set(span or {}) in (set(), {"MIN", "MAX"}, {"VALS"}) for span in each.get("RANGE", ()))
    assert all(isinstance(value, WIDTHS[kind]) for kind, value in zip(kinds, each.get("VALUE", ()), strict=False))


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_a_node_says_it_takes_the_stage_takes(address: str) -> None:
    found: Any = node(address, {})
    for form in (found, *found.get("OVERLOADS", ())):
        arguments = (True,) if form["TYPE"] == "I" else tuple(_example(*argument) for argument in _arguments(form))

        assert parse(address, arguments) is not None


def _arguments(form: Any) -> list[tuple[str, Any]]:
    return list(zip(form["TYPE"], form.get("RANGE", [None] * len(form["TYPE"])), strict=True))


def _example(kind: str, span: Any) -> float | str:
    if kind == "s":
        return str(span["VALS"][-1]) if span else "127.0.0.1"
    most = span["MAX"] if span else 1
    return int(most) if kind == "i" else float(most)


@pytest.mark.parametrize(
    ("path", "attribute", "status", "found"),
    [
        ("/emo/tempo", "VALUE", 200, {"VALUE": [96.0]}),
        ("/emo/set/tempo", "VALUE", 200, {"VALUE": [96.0]}),
        ("/emo/tempo", "RANGE", 200, {"RANGE": [{"MIN": 20.0, "MAX": 300.0}]}),
        ("/emo/tempo", "UNIT", 200, {"UNIT": ["tempo.bpm"]}),
        ("/emo/va/unit", "VALUE", 200, {"VALUE": [0.75, 0.0]}),
        ("/emo/va_unit", "VALUE", 200, {"VALUE": [0.75, 0.0]}),
        ("/emo/va_unit", "TYPE", 200, {"TYPE": "ff"}),
        ("/emo/latency_spread", "TYPE", 200, {"TYPE": "I"}),
        ("/emo/get/va", "OVERLOADS", 200, {"OVERLOADS": [{"TYPE": "i", "RANGE": [{"MIN": 1024, "MAX": 65535}]}]}),
        ("/emo/quantize", "OVERLOADS", 200, {"OVERLOADS": [{"TYPE": "i", "RANGE": [{"MIN": 0, "MAX": 7}]}]}),
        ("/emo/va", "TYPE", 200, {"TYPE": "ff"}),
        ("/emo/mood", "VALUE", 200, {"VALUE": ["bright"]}),
        ("/emo/quantize", "TYPE", 200, {"TYPE": "s"}),
        ("/emo/next", "TYPE", 200, {"TYPE": "I"}),
        ("/emo/next", "ACCESS", 200, {"ACCESS": 2}),
        ("/emo/state/bar", "ACCESS", 200, {"ACCESS": 1}),
        ("/emo/tempo", "ACCESS", 200, {"ACCESS": 3}),
        ("/emo/next", "VALUE", 204, None),
        ("/emo/density", "VALUE", 404, None),
        ("/emo/set/density", "VALUE", 204, None),
        ("/emo/tempo", "COLOUR", 400, None),
        ("/emo/tempo", "value", 400, None),
        ("/emo/tempoo", "", 404, None),
        ("/etc/passwd", "", 404, None),
        ("/emo/../emo", "", 404, None),
    ],
)
def test_attributes_are_asked_for_one_by_one(path: str, attribute: str, status: int, found: Any) -> None:
    assert answer(path, attribute, KNOWN) == (status, found)


def test_a_trailing_slash_is_the_same_node() -> None:
    assert answer("/emo/", "", KNOWN) == answer("/emo", "", KNOWN)
    assert answer("/", "", KNOWN)[0] == 200


def test_every_address_below_one_that_does_something_has_a_flat_name() -> None:
    below = {address for address in ADDRESSES if address.rpartition("/")[0] in ROUTES}

    assert below == set(FLAT.values())
    assert all(flat.rpartition("/")[0] not in ROUTES for flat in FLAT)
    assert all(ROUTES[flat].forms == ROUTES[address].forms for flat, address in FLAT.items())


def test_the_host_says_where_it_is_and_what_it_can() -> None:
    told = host_info("emo_osc", ("127.0.0.1", 7770), ("127.0.0.1", 7780))

    assert (told["OSC_PORT"], told["WS_PORT"]) == (7770, 7780)
    assert told["OSC_TRANSPORT"] == "UDP"
    assert told["EXTENSIONS"] == {**dict.fromkeys(EXTENSIONS, True), "TAGS": False, "PATH_CHANGED": False}


def test_a_mirror_that_was_told_everything_shows_every_value(stage: Any, ready: Any) -> None:
    played, mirror = stage((ready(60),)), StateCache()
    for address, *arguments in played.ask("/emo/status"):
        (message,) = decode(encode(address, *arguments))
        mirror.hear(message)

    assert mirror.values.keys() == VALUES.keys()
    assert value_of("/emo/mood", mirror.values) == ("neutral",)
    assert all(value_of(f"/emo/state/{name}", mirror.values) for name in VALUES.keys() - {"kept", "mapping"})
