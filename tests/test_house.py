"""The walls of docs/architecture.md, checked on the imports of every file. A file's room is its folder."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE, TOOLS = ROOT / "emo_osc", ROOT / "tools"
FILES = sorted([*PACKAGE.rglob("*.py"), *TOOLS.rglob("*.py")])
KNOWN = set(FILES)
MOST_MODULES = 25
MOST_LINES, LONGEST_FUNCTION = 400, 40

TORCHLESS = ("__init__", "canned", "generators", "tokens")
IMPURE = {
    "asyncio",
    "io",
    "logging",
    "multiprocessing",
    "os",
    "select",
    "selectors",
    "signal",
    "socket",
    "subprocess",
    "tempfile",
    "threading",
    "time",
}
IMPURE_CALLS = {"open", "print", "input", "sleep", "perf_counter", "monotonic"}

READS_ITS_OWN = {"small_file", "doctor", "page_server", "server", "label_files"}
"""Files that read what ships with the package, or the bounded reader itself."""

EVERYWHERE = {"core", "protocol"}
NETWORKS = {"numpy", "torch"}
STACK = ("stage", "stage/io", "stage/session", "stage/player", "stage/clock")
"""The real-time process from the top down; `player` and `clock` stand side by side."""

# Room -> our other rooms it may import (core and protocol: always), and the libraries (the standard one: always).
WALLS: dict[str, tuple[set[str], set[str]]] = {
    ".": ({"cli"}, set()),
    "core": (set(), {"mido"}),
    "protocol": (set(), set()),
    "config": (set(), {"platformdirs", "pydantic", "yaml"}),
    "stage": ({"midi", *STACK[1:]}, set()),
    "stage/io": ({"midi", "stage/session", "stage/player"}, set()),
    "stage/session": ({"midi", "stage/player", "stage/clock"}, set()),
    "stage/player": (set(), set()),
    "stage/clock": ({"config"}, {"link"}),
    "midi": (set(), {"jack", "rtmidi"}),
    "weights": ({"config"}, {"platformdirs", "safetensors", "torch"}),
    "studio": ({"config", "weights"}, {"mido", "platformdirs", "safetensors", *NETWORKS}),
    "sound": (set(), {"numpy", "sounddevice"}),
    "surface": ({"clients", "config"}, {"aiohttp", "platformdirs", "segno", "zeroconf"}),
    "face": ({"weights"}, {"cv2", "pythonosc", *NETWORKS}),
    "crowd": ({"clients"}, {"aiomqtt", "numpy", "segno"}),
    "farm": ({"config", "studio"}, {"pydantic", "ray", "starlette"}),
    "clients": (set(), {"click", "pythonosc", "rich"}),
    "render": ({"config", "sound", "stage/player", "studio"}, {"matplotlib", "mido", "numpy"}),
    "train": ({"config", "face", "studio", "weights"}, {"matplotlib", "mido", "rich", "safetensors", *NETWORKS}),
    "evaluate": (
        {
            "config",
            "face",
            "farm",
            "midi",
            "render",
            "stage/clock",
            "stage/player",
            "stage/session",
            "studio",
            "train",
            "weights",
        },
        {"aiohttp", "click", "matplotlib", "mido", "rich", "rtmidi", "scipy", "sklearn", *NETWORKS},
    ),
    "supervisor": (
        {"clients", "config", "midi", "render", "stage/session", "studio", "surface"},
        {"mido", "platformdirs"},
    ),
    "cli": (
        {
            "clients",
            "config",
            "crowd",
            "evaluate",
            "face",
            "farm",
            "midi",
            "render",
            "sound",
            "studio",
            "supervisor",
            "train",
            "weights",
        },
        {"click", "mido", "platformdirs", "rich", "rtmidi", "sounddevice", "torch"},
    ),
    "tools": (
        {
            "config",
            "evaluate",
            "midi",
            "render",
            "stage/clock",
            "stage/io",
            "stage/player",
            "stage/session",
            "studio",
            "train",
        },
        {"click", "matplotlib", "mido", "py2max", "py2tosc", "scipy", "selenium", *NETWORKS},
    ),
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str:
    """The room of a file: the folder at the top, and inside the stage that below it."""
    folders = path.relative_to(PACKAGE).parts[:-1] if path.is_relative_to(PACKAGE) else ("tools",)
    return "/".join(folders[:2] if folders[:1] == ("stage",) else folders[:1]) or "."


def imports_of(path: Path) -> Iterator[str]:
    """Every module a file imports anywhere, late imports too, as `emo_osc.protocol.commands` or `torch.nn`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if file_of(whole) else str(node.module)


def file_of(module: str) -> Path | None:
    """The file of one of our modules, None where it is none of ours."""
    place = ROOT.joinpath(*module.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path in KNOWN), None)


def libraries_of(path: Path) -> set[str]:
    tops = {module.split(".")[0] for module in imports_of(path)}
    return tops - set(sys.stdlib_module_names) - {"emo_osc", "tools"}


def rooms_of(path: Path) -> set[str]:
    """The rooms a file imports from, without its own and without the package itself (its version)."""
    files = {file_of(module) for module in imports_of(path)} - {None, PACKAGE / "__init__.py"}
    return {room_of(file) for file in files if file} - {room_of(path)}


def calls_of(path: Path) -> set[str]:
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return {getattr(function, "id", "") or getattr(function, "attr", "") for function in calls}


every_file = pytest.mark.parametrize("path", FILES, ids=name_of)
stage_files = pytest.mark.parametrize("path", [path for path in FILES if room_of(path) in STACK], ids=name_of)


@every_file
def test_a_room_imports_only_what_its_wall_lets_through(path: Path) -> None:
    rooms, libraries = WALLS[room_of(path)]

    assert rooms_of(path) <= rooms | EVERYWHERE
    assert libraries_of(path) <= libraries


@pytest.mark.parametrize("path", [path for path in FILES if room_of(path) not in ("evaluate", "tools")], ids=name_of)
def test_what_others_wrote_is_read_within_bounds(path: Path) -> None:
    """A FIFO would block whoever opens it, /dev/zero fill the memory: `small_file` reads neither."""
    if path.stem in READS_ITS_OWN:
        return
    assert not {"read_text", "read_bytes", "fromfile"} & calls_of(path), "read it by core.small_file"


def test_every_room_has_its_walls() -> None:
    assert {room_of(path) for path in FILES} == WALLS.keys()


def test_nothing_but_the_package_and_its_command_stands_at_the_top() -> None:
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("folder", sorted({path.parent for path in FILES}), ids=name_of)
def test_a_folder_holds_few_enough_modules_to_be_read(folder: Path) -> None:
    assert len([path for path in folder.glob("*.py") if path.stem != "__init__"]) <= MOST_MODULES


def test_no_room_imports_the_command_line_or_the_supervisor() -> None:
    allowed = {room for room, (rooms, _) in WALLS.items() if rooms & {"cli", "supervisor"}}

    assert allowed == {".", "cli"}


def test_processes_import_nothing_of_each_other() -> None:
    stage = {"stage", "stage/io", "stage/session"}
    for process in ("studio", "sound", "surface", "face", "crowd", "midi"):  # the farm is many studios
        assert not WALLS[process][0] & (
            {"studio", "sound", "surface", "face", "crowd", "stage/player", "stage/clock"} | stage
        )


def test_nothing_on_the_stage_points_back_up() -> None:
    for below, room in enumerate(STACK):
        above = set(STACK[:below]) if room != "stage/clock" else set(STACK) - {room}
        assert not WALLS[room][0] & above


@pytest.mark.parametrize("path", [path for path in FILES if "torch" not in WALLS[room_of(path)][1]], ids=name_of)
def test_no_torch_where_time_is_real(path: Path) -> None:
    assert not {"torch", "safetensors"} & libraries_of(path)


@pytest.mark.parametrize("stem", TORCHLESS)
def test_the_studio_can_start_without_torch(stem: str) -> None:
    assert not {"torch", "safetensors"} & libraries_of(PACKAGE / "studio" / f"{stem}.py")


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if room_of(path) in ("protocol", "stage/session", "stage/player", "stage/clock")],
    ids=name_of,
)
def test_pure_rooms_read_no_clock_and_open_nothing(path: Path) -> None:
    if libraries_of(path):  # a driver's wrapper
        return
    assert not IMPURE & {module.split(".")[0] for module in imports_of(path)}
    assert not IMPURE_CALLS & calls_of(path)


@stage_files
def test_the_stage_neither_prints_nor_logs_and_only_the_loop_waits(path: Path) -> None:
    forbidden = {"print", "input"} | ({"sleep"} if path.stem != "loop" else set())

    assert not forbidden & calls_of(path)
    assert "logging" not in {module.split(".")[0] for module in imports_of(path)}


@every_file
def test_every_file_says_what_it_is_and_stays_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert ast.get_docstring(ast.parse(text)), f"{name_of(path)} has no docstring"
    assert len(text.splitlines()) <= MOST_LINES, f"{name_of(path)} is over {MOST_LINES} lines"


@every_file
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = [
        (node.name, length)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, functions) and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]

    assert not long


@pytest.mark.parametrize(
    "module",
    [
        "emo_osc.cli.main",
        "emo_osc.config.preset",
        "emo_osc.protocol.messages",
        "emo_osc.core.score",
        "emo_osc.protocol.commands",
    ],
)
def test_importing_the_light_rooms_loads_no_torch_and_no_driver(module: str) -> None:
    heavy = {"torch", "rtmidi", "sounddevice", "matplotlib", "ray"}
    program = f"import sys, {module}; print(*sorted({heavy!r} & sys.modules.keys()))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)

    assert run.stdout.split() == []
