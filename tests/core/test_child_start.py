"""How children are started: by one function, with nothing secret on a command line."""

import ast
import subprocess
from pathlib import Path

import pytest

from emo_osc.core.child_start import environment, python, start, start_with

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("emo_osc/**/*.py"), *ROOT.glob("tools/**/*.py")])


def test_a_setup_stands_on_the_standard_input_and_not_on_the_command_line(tmp_path: Path) -> None:
    with start_with('{"token": "s3cret"}', "json.tool") as process:
        command = process.args

    assert process.returncode == 0
    assert "s3cret" not in str(command)


def test_a_child_is_this_python_with_its_arguments_and_its_pipes() -> None:
    with start("json.tool", "--compact", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        answer, _ = process.communicate('{"a":   1}')

    assert process.args == python("-m", "json.tool", "--compact")
    assert answer == '{"a":1}\n'


def test_a_child_without_a_pipe_reads_nothing_of_ours() -> None:
    with start("json.tool", stdout=subprocess.PIPE, changes={"PYTHONWARNINGS": "ignore"}) as process:
        process.communicate()

    assert process.returncode != 0  # nothing is no JSON


def test_a_later_change_of_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMO_OSC_A", "ours")

    changed = environment({"EMO_OSC_A": "first", "EMO_OSC_B": "kept"}, {"EMO_OSC_A": "last"})

    assert (changed["EMO_OSC_A"], changed["EMO_OSC_B"]) == ("last", "kept")


def _names(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def test_nobody_else_writes_the_command_line_of_a_python() -> None:
    assert [path.name for path in FILES if "executable" in _names(path)] == ["child_start.py"]


def test_nobody_else_starts_a_process() -> None:
    starting = {path.name for path in FILES if {"Popen", "create_subprocess_exec"} & _calls(path)}

    # the second is the supervisor's, in asyncio; the third starts a broker, which is no Python
    assert starting == {"child_start.py", "child_process.py", "bench_crowd.py"}


def _calls(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    return {call.attr for call in calls if isinstance(call, ast.Attribute)}
