"""The shipped patches and layouts are those that the tables make now, and are made the same way every time."""

from pathlib import Path

import pytest

from tools.patches.__main__ import files, plain, write

ROOT = Path(__file__).parents[3]
FILES = files()


@pytest.mark.parametrize("name", FILES)
def test_a_shipped_file_is_current(name: str) -> None:
    assert plain((ROOT / name).read_bytes(), name) == plain(FILES[name], name)


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path)

    assert {name: (tmp_path / name).read_bytes() for name in FILES} == FILES == files()


def test_a_file_that_says_the_same_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path)
    before = {name: (tmp_path / name).stat().st_mtime_ns for name in FILES}
    write(tmp_path)

    assert {name: (tmp_path / name).stat().st_mtime_ns for name in FILES} == before


def test_nothing_lies_beside_what_is_written() -> None:
    folders = [ROOT / "layouts", ROOT / "max_patches"]
    shipped = {path.relative_to(ROOT).as_posix() for folder in folders for path in folder.rglob("*") if path.is_file()}

    assert {name for name in shipped if "__pycache__" not in name} <= FILES.keys()
