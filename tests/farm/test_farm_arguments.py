"""The `args` of a Serve config: the command's options, checked, and never the token."""

from pathlib import Path

import click
import pytest

from emo_osc.cli import main as cli
from emo_osc.core.errors import EmoOscError
from emo_osc.farm.arguments import Arguments, Farm

ELSEWHERE = {"host", "port", "address"}  # a Serve config has http_options, and runs on its own cluster


def test_a_config_says_what_the_command_says_with_the_same_bounds_and_defaults() -> None:
    options = {
        option.name: option
        for option in cli.commands.commands["farm"].params
        if option.name not in {*ELSEWHERE, "help"}
    }

    assert Arguments.model_fields.keys() == options.keys()
    for name in ("cpus", "gpus", "most"):
        kind, field = options[name].type, Arguments.model_fields[name]
        assert isinstance(kind, click.IntRange | click.FloatRange)
        lowest, highest = (getattr(bound, end) for bound, end in zip(field.metadata, ("ge", "le"), strict=True))
        assert (lowest, highest, field.default) == (kind.min, kind.max, options[name].default)


def test_arguments_describe_a_farm(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    given = {"generator": "canned", "device": "cpu", "replicas": [1, 4], "cpus": 0.5, "gpus": 0.25, "most": 8}

    farm = Arguments.of({**given, "token_file": str(tmp_path / "token")}).farm()

    assert (farm.section.name, farm.section.device) == ("canned", "cpu")
    assert farm == Farm(farm.section, "secret", replicas=(1, 4), cpus=0.5, gpus=0.25, most=8)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"generater": "canned"}, "args.generater: unknown key, did you mean 'generator'?"),
        ({"token": "secret"}, "args.token: unknown key"),
        ({"replicas": 64}, "write .LEAST, MOST. with 1 <= LEAST"),  # what YAML 1.1 reads in 1:4
        ({"replicas": [3, 2]}, "write .LEAST, MOST. with 1 <= LEAST"),
        ({"gpus": 2}, "args.gpus: input should be less than or equal to 1"),
        ({"cpus": "many"}, "args.cpus: input should be a valid number"),
        ({"device": "tpu"}, "args.device: input should be 'auto'"),
        ({"generator": "cannd"}, "args.generator.name: no generator 'cannd'; generators are canned"),
        ({"preset": "clubb"}, "no preset 'clubb'"),
        ({"generator": "canned"}, "args: there is no token; name its file as token_file"),
        ({"token_file": "/nowhere/token"}, "token file /nowhere/token: cannot be read"),
    ],
)
def test_a_wrong_argument_is_named_in_one_line(
    given: dict[str, object], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EMO_OSC_STUDIO_TOKEN", raising=False)

    with pytest.raises(EmoOscError, match=said) as raised:
        Arguments.of(given).farm()
    assert "\n" not in str(raised.value)


def test_the_token_may_be_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMO_OSC_STUDIO_TOKEN", "secret")

    assert Arguments.of({"generator": "canned"}).farm().token == "secret"
