"""The image and the Compose file of a farm: what the command understands, where the token lies, who reaches it."""

import re
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement

from emo_osc.cli import main as cli
from emo_osc.farm.arguments import Farm
from tests.farm.published import compose_spec, faults, misspelt

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.farm.yaml").read_text(encoding="utf-8"))
SERVICE = COMPOSE["services"]["farm"]
INSTRUMENT, _, FARM = (ROOT / "Dockerfile").read_text(encoding="utf-8").partition("FROM instrument AS farm\n")
PORT = next(field.default for field in fields(Farm) if field.name == "port")
NAMES = {"services", "secrets", "volumes"}  # below these keys are names that we give


def options_of(words: Iterable[str]) -> dict[str, str]:
    """Each option with its value; the words are `--name=value` or `--name`, `value`."""
    pairs = " ".join(words).replace("=", " ").split(" --")[1:]
    return {f"--{pair.split()[0]}": pair.partition(" ")[2] for pair in pairs}


def test_the_compose_file_is_what_the_published_schema_describes() -> None:
    assert faults(COMPOSE, compose_spec()) == []
    for place, wrong in misspelt(COMPOSE, NAMES):
        assert faults(wrong, compose_spec()), f"{place} may be misspelt"


def test_the_image_without_a_target_is_the_instrument_without_ray() -> None:
    assert "ray" not in INSTRUMENT.lower()
    assert FARM.rstrip().endswith("\nFROM instrument")
    assert SERVICE["build"]["target"] == "farm"


def test_image_and_compose_start_what_the_command_understands() -> None:
    known = {name for option in cli.commands.commands["farm"].params for name in option.opts}
    image = re.search(r"^CMD \[(.+)\]", FARM, re.MULTILINE)
    assert image
    for words in (SERVICE["command"], image[1].replace('"', "").split(", ")):
        options = options_of(words)
        assert words[0] == "farm"
        assert options.keys() <= known
        assert options["--host"] == "0.0.0.0"


def test_the_token_is_a_secret_file_and_nothing_else() -> None:
    (name,) = SERVICE["secrets"]

    assert options_of(SERVICE["command"])["--token-file"] == f"/run/secrets/{name}"
    assert COMPOSE["secrets"][name] == {"file": "./farm.token"}
    assert "/deploy/farm.token" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert "environment" not in SERVICE


def test_only_the_farms_port_leaves_the_computer_and_only_when_told() -> None:
    assert SERVICE["ports"] == [f"${{FARM_HOST:-127.0.0.1}}:{PORT}:{PORT}/tcp"]
    assert f"http://127.0.0.1:{PORT}/-/healthz" in FARM
    assert f"EXPOSE {PORT}/tcp" in FARM


def test_the_image_has_a_ray_that_the_extra_allows() -> None:
    pinned = re.search(r"^ARG RAY=(\S+)$", FARM, re.MULTILINE)
    (extra,) = re.findall(r'^farm = \["(.+)"\]', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)

    assert pinned
    assert pinned[1] in Requirement(extra).specifier
