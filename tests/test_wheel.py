"""The wheel: unpacked anywhere, it finds its presets, its shelf of melodies, its page, its patches and layouts."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's files, as pip would lay them out."""
    folder = tmp_path_factory.mktemp("wheel")
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run_there(site: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=site.parent, env=environment, check=True).stdout


@pytest.mark.parametrize("folder", ["presets", "checkpoints", "max_patches", "layouts"])
def test_the_wheel_carries_what_ships(site: Path, folder: str) -> None:
    shipped = {path.name for path in (ROOT / folder).iterdir()}

    assert {path.name for path in (site / "emo_osc" / folder).iterdir()} == shipped


def test_the_wheel_carries_the_licence_and_no_tests(site: Path) -> None:
    names = {path.relative_to(site).as_posix() for path in site.rglob("*")}

    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert "emo_osc/py.typed" in names
    assert not any(name.startswith(("tests", "docs")) for name in names)


def test_the_wheel_carries_the_page_of_the_pad(site: Path) -> None:
    page = Path("emo_osc") / "surface" / "static"

    assert {path.name for path in (site / page).iterdir()} == {path.name for path in (ROOT / page).iterdir()}


def test_the_presets_are_found_in_it(site: Path) -> None:
    program = "from emo_osc.config.paths import preset_folders; print(*preset_folders(), sep='\\n')"

    assert str(site / "emo_osc" / "presets") in run_there(site, "-c", program).splitlines()
    assert run_there(site, "-m", "emo_osc", "check", "club") == "club: good\n"


def test_it_composes_without_the_checkout(site: Path) -> None:
    program = "from emo_osc.studio.canned import shelf_path; print(shelf_path())"
    command = ["-m", "emo_osc", "render", "--generator", "canned", "--mood", "밝음", "-o", "x.mid"]

    assert run_there(site, "-c", program).strip().startswith(str(site))
    assert "x.mid: bright" in run_there(site, *command)
    assert (site.parent / "x.mid").stat().st_size > 0
