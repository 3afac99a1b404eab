"""Shell completion: what a real bash offers, and what zsh and fish would be told."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from emo_osc.cli import main as cli
from emo_osc.cli.completion import SHELLS, VARIABLE
from emo_osc.config.paths import preset_names
from emo_osc.core.affect import MOODS
from emo_osc.protocol.parameters import QUANTIZE

ROOT = Path(__file__).parents[2]
PRESS_TAB = """
. "$SCRIPT"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
$(complete -p emo-osc | sed 's/.*-F \\([^ ]*\\).*/\\1/') emo-osc "${COMP_WORDS[COMP_CWORD]}" ""
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A path on which `emo-osc` is ours, its completion script, and a folder with a preset of our own."""
    program = tmp_path / "bin" / "emo-osc"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m emo_osc "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    own = tmp_path / "config" / "emo_osc" / "presets"
    own.mkdir(parents=True)
    (own / "clubhouse.yaml").write_text("")
    script = tmp_path / "emo-osc.bash"
    script.write_text(CliRunner().invoke(cli.commands, ["completion", "bash"]).output)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    mine = {"PATH": path, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp_path / "config"), "SCRIPT": str(script)}
    return {**os.environ, **mine}


def offered(environment: dict[str, str], line: str) -> list[str]:
    """What bash offers when tab is pressed at the end of a line."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash here")
    command = [bash, "--norc", "-c", PRESS_TAB, "bash", *line.split(" ")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "some"),
    [
        ("emo-osc mon", {"monitor"}),
        ("emo-osc serve --clock-o", {"--clock-out"}),
        ("emo-osc serve --clock ", {"internal", "midi", "link"}),
        ("emo-osc train fa", {"face"}),
        ("emo-osc send /emo/mut", {"/emo/mutate"}),
        ("emo-osc send /emo/set/swi", {"/emo/set/swing"}),
        ("emo-osc send /emo/quantize ", set(QUANTIZE)),
        ("emo-osc send /emo/midi/learn dens", {"density"}),
        ("emo-osc send /emo/midi/learn density p", {"pickup"}),
        ("emo-osc send /emo/mood 밝", {"밝음", "밝은", "밝다"}),
        ("emo-osc send /emo/tempo ", set()),
        ("emo-osc send /emo/nonsense ", set()),
    ],
)
@pytest.mark.slow
def test_bash_offers_exactly_what_fits(environment: dict[str, str], line: str, some: set[str]) -> None:
    assert set(offered(environment, line)) == some


@pytest.mark.slow
def test_the_line_for_bashrc_works(environment: dict[str, str]) -> None:
    line = CliRunner().invoke(cli.commands, ["completion", "bash"]).output.splitlines()[0].partition(": ")[2]
    told = subprocess.run(
        ["bash", "--norc", "-c", f"{line}; complete -p emo-osc"],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )

    assert told.stdout.startswith("complete")
    assert told.stderr == ""


@pytest.mark.slow
def test_bash_offers_names_that_live_in_tables_and_folders(environment: dict[str, str]) -> None:
    assert set(offered(environment, "emo-osc serve --preset clu")) == {"club", "clubhouse"}
    assert set(offered(environment, "emo-osc check ")) == {*preset_names(), "clubhouse"}
    assert set(offered(environment, "emo-osc render --mood ")) == {mood.id for mood in MOODS}
    assert set(offered(environment, "emo-osc serve --generator c")) == {"canned"}
    addresses = offered(environment, "emo-osc send /emo/")
    assert {"/emo/va", "/emo/midi/learn"} <= set(addresses)
    assert len(addresses) < 50, "hundreds of addresses of single values wait until they are asked for"


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_told_with_a_description(environment: dict[str, str], shell: str) -> None:
    asked = {VARIABLE: f"{shell}_complete", "COMP_WORDS": "emo-osc send /emo/pan", "COMP_CWORD": "2"}
    asked["COMP_CWORD"] = "2" if shell == "zsh" else "/emo/pan"
    done = subprocess.run(["emo-osc"], capture_output=True, text=True, env=environment | asked, check=True)

    assert "/emo/panic" in done.stdout
    assert "all notes off at once" in done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_its_script_and_where_to_put_it(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", shell]) == 0
    first, *script = capsys.readouterr().out.splitlines()

    assert first.startswith("# ")
    assert f"emo-osc completion {shell}" in first
    assert any(f"{VARIABLE}={shell}_complete" in line for line in script)


def test_a_tab_loads_no_heavy_library() -> None:
    heavy = {"torch", "numpy", "rtmidi", "pydantic", "matplotlib", "sounddevice", "asyncio", "aiohttp"}
    program = f"""
import sys
from emo_osc.cli.main import main
try:
    main([])
except SystemExit:
    print(*sorted({heavy!r} & sys.modules.keys()), file=sys.stderr)
"""
    asked = {VARIABLE: "bash_complete", "COMP_WORDS": "emo-osc send /emo/mood br", "COMP_CWORD": "3"}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **asked}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)

    assert done.stdout.split() == ["plain,bright", "plain,breezy"]
    assert done.stderr.split() == []
