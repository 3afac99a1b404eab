"""The walls of docs/architecture.md, checked on the imports of every file: who may know whom, where torch may go."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "emo_osc"
FILES = sorted(PACKAGE.rglob("*.py"))

HALL = {"affect", "control", "score", "messages", "preset", "preset_faults", "preset_folders", "preset_text", "errors"}
HALL |= {"libjack", "midi_chunks", "midi_file", "small_file"}
DOOR = {
    "__init__",
    "__main__",
    "backstage",
    "calibrate",
    "checks",
    "cli",
    "cli_bench",
    "cli_completion",
    "cli_eval",
    "cli_face",
    "cli_label",
    "cli_listen",
    "cli_options",
    "cli_profile",
    "cli_train",
    "client",
    "daemon",
    "devices",
    "doctor",
    "hush",
    "jack_port",
    "keys",
    "kept",
    "listener",
    "live",
    "live_song",
    "log",
    "mapping_file",
    "monitor",
    "monitor_screen",
    "outlet",
    "port_watch",
    "preset_watch",
    "recorder",
    "relay",
    "render",
    "stage_keeper",
    "standard_streams",
    "tapping",
    "watchdog",
    "workers",
}

# Room -> our other rooms it may import (the hall: always), and the libraries it may use (the standard one: always).
WALLS: dict[str, tuple[set[str], set[str]]] = {
    "hall": (set(), {"mido", "platformdirs", "pydantic", "yaml"}),
    "stage": (set(), {"link", "pythonosc", "rtmidi"}),
    "weights": (set(), {"platformdirs", "safetensors", "torch"}),
    "studio": ({"weights"}, {"mido", "numpy", "safetensors", "torch"}),
    "sound": (set(), {"numpy", "sounddevice"}),
    # The stage without its shells: the tables that pads and OSCQuery show, and how OSC is written.
    "surface": ({"stage"}, {"aiohttp", "platformdirs", "segno", "zeroconf"}),
    "face": ({"weights"}, {"cv2", "numpy", "pythonosc", "torch"}),
    "train": ({"face", "studio", "weights"}, {"matplotlib", "numpy", "rich", "safetensors", "torch"}),
    # The stage without its shells is tables and arithmetic: the lab writes the manual from it and plays files with it.
    "lab": (
        {"face", "studio", "stage", "train", "weights"},
        {"aiohttp", "click", "matplotlib", "mido", "numpy", "py2max", "py2tosc", "rich", "rtmidi", "scipy", "selenium"}
        | {"sklearn", "torch"},
    ),
    "door": (
        {"face", "stage", "studio", "sound", "surface", "train", "lab", "weights"},
        {"click", "mido", "platformdirs", "pythonosc", "rich", "rtmidi", "sounddevice", "torch"},
    ),
}

READS_ITS_OWN = {"small_file", "doctor", "server", "label_files"}
"""Files that read what ships with emo_osc, what the system tells in /proc, or large tables by row."""
TORCHLESS_STUDIO = {"__init__", "generators", "canned", "tokens"}
STAGE_SHELLS = {
    "jack",
    "midi",
    "link",
    "loop",
    "hub",
    "shelf_file",
    "letterbox",
    "udp",
}  # the only files of the stage that do I/O
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
} | {
    "tempfile",
    "threading",
    "time",
}
IMPURE_CALLS = {"open", "print", "input", "sleep", "perf_counter", "monotonic"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str:
    inside = path.relative_to(PACKAGE).parts
    if len(inside) > 1:
        return inside[0]
    return "hall" if path.stem in HALL else "door"


def imports_of(path: Path) -> Iterator[str]:
    """Every module a file imports anywhere, late imports too, as `emo_osc.stage.commands` or `torch.nn`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: relative import"
            module = node.module or ""
            yield from (f"{module}.{alias.name}" for alias in node.names) if module == "emo_osc" else (module,)


def room_of_import(module: str) -> str:
    second = module.split(".")[1]
    if (PACKAGE / second).is_dir():
        return second
    return "hall" if second in HALL | {"__version__"} else "door"


def calls_of(path: Path) -> set[str]:
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return {getattr(function, "id", "") or getattr(function, "attr", "") for function in calls}


every_file = pytest.mark.parametrize("path", FILES, ids=name_of)


@every_file
def test_a_room_imports_only_what_its_wall_lets_through(path: Path) -> None:
    room = room_of(path)
    rooms, libraries = WALLS[room]

    for module in imports_of(path):
        top = module.split(".")[0]
        if top == "emo_osc":
            assert room_of_import(module) in rooms | {room, "hall"}, f"{name_of(path)} imports {module}"
        elif top not in sys.stdlib_module_names:
            assert top in libraries, f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", [path for path in FILES if room_of(path) != "lab"], ids=name_of)
def test_what_others_wrote_is_read_within_bounds(path: Path) -> None:
    """A FIFO would block whoever opens it, /dev/zero fill the memory: `small_file` reads neither."""
    if path.stem in READS_ITS_OWN:
        return
    assert not {"read_text", "read_bytes", "fromfile"} & calls_of(path), "read it by emo_osc.small_file"


@every_file
def test_nobody_imports_the_door(path: Path) -> None:
    ours = {module for module in imports_of(path) if module.startswith("emo_osc.")}

    assert room_of(path) == "door" or "door" not in {room_of_import(module) for module in ours}


@pytest.mark.parametrize("stem", ["affect", "control", "errors", "messages"])
def test_most_of_the_hall_needs_no_library(stem: str) -> None:
    tops = {module.split(".")[0] for module in imports_of(PACKAGE / f"{stem}.py")}

    assert tops <= sys.stdlib_module_names | {"emo_osc"}


def test_every_room_has_its_walls_and_every_door_file_its_name() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}

    assert rooms == WALLS.keys() - {"hall", "door"}
    assert {path.stem for path in PACKAGE.glob("*.py")} <= HALL | DOOR


@pytest.mark.parametrize(
    "path", [path for path in FILES if room_of(path) in ("hall", "stage", "sound", "surface")], ids=name_of
)
def test_no_torch_where_time_is_real(path: Path) -> None:
    assert "torch" not in {module.split(".")[0] for module in imports_of(path)}


@pytest.mark.parametrize("stem", sorted(TORCHLESS_STUDIO))
def test_the_studio_can_start_without_torch(stem: str) -> None:
    path = PACKAGE / "studio" / f"{stem}.py"
    torchy = {"torch", "safetensors"}

    assert not path.exists() or not torchy & {module.split(".")[0] for module in imports_of(path)}


@pytest.mark.parametrize(
    "path", [path for path in FILES if room_of(path) == "stage" and path.stem not in STAGE_SHELLS], ids=name_of
)
def test_the_stage_is_pure_but_for_its_shells(path: Path) -> None:
    assert not IMPURE & {module.split(".")[0] for module in imports_of(path)}
    assert not IMPURE_CALLS & calls_of(path)


@pytest.mark.parametrize("path", [path for path in FILES if room_of(path) == "stage"], ids=name_of)
def test_the_stage_neither_prints_nor_logs_and_only_the_loop_waits(path: Path) -> None:
    forbidden = {"print", "input"} | ({"sleep"} if path.stem != "loop" else set())

    assert not forbidden & calls_of(path)
    assert "logging" not in {module.split(".")[0] for module in imports_of(path)}


@pytest.mark.parametrize("path", [path for path in FILES if room_of(path) in ("lab", "surface", "train")], ids=name_of)
def test_no_other_room_opens_a_port_of_the_stage(path: Path) -> None:
    stage = {module.split(".")[-1] for module in imports_of(path) if module.startswith("emo_osc.stage")}

    assert not stage & STAGE_SHELLS


@every_file
def test_every_file_says_what_it_is_and_stays_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert ast.get_docstring(ast.parse(text)), f"{name_of(path)} has no docstring"
    assert len(text.splitlines()) <= 400, f"{name_of(path)} is over 400 lines"


@every_file
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = [
        (node.name, length)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, functions) and (length := (node.end_lineno or 0) - node.lineno + 1) > 50
    ]

    assert not long


@pytest.mark.parametrize(
    "module", ["emo_osc.cli", "emo_osc.preset", "emo_osc.messages", "emo_osc.score", "emo_osc.stage.commands"]
)
def test_importing_the_light_rooms_loads_no_torch_and_no_driver(module: str) -> None:
    heavy = {"torch", "rtmidi", "sounddevice", "matplotlib"}
    program = f"import sys, {module}; print(*sorted({heavy!r} & sys.modules.keys()))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)

    assert run.stdout.split() == []
