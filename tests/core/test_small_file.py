"""Files of other people are read within a bound, whatever stands in their place, and written whole or not at all."""

import os
from pathlib import Path

import pytest

from emo_osc.core.small_file import (
    PART,
    list_folder,
    process_part,
    read_small,
    read_small_text,
    replacing,
    write_beside,
    write_whole,
)
from tests.odd_files import ODD


@pytest.mark.parametrize("reason", ODD)
def test_what_is_no_small_file_is_refused_at_once(reason: str, tmp_path: Path) -> None:
    path = tmp_path / "odd"
    ODD[reason](path)

    with pytest.raises(OSError, match=reason):
        read_small(path, 1000)


def test_a_file_up_to_the_limit_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1000)

    assert read_small(tmp_path / "a", 1000) == b"x" * 1000
    with pytest.raises(OSError, match="over 999 bytes"):
        read_small(tmp_path / "a", 999)


def test_a_file_that_is_not_there_is_no_link_that_leads_nowhere(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_small(tmp_path / "none", 1000)


def test_a_text_in_another_encoding_is_refused_by_its_byte(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("밝음".encode("cp949"))

    with pytest.raises(OSError, match="not UTF-8 at byte 0"):
        read_small_text(tmp_path / "a", 1000)
    with pytest.raises(OSError, match="no name of a file"):
        read_small_text(tmp_path / "a\0b", 1000)


@pytest.mark.parametrize("stands_there", ["a FIFO", "leads nowhere", "symbolic links", "a device"])
def test_what_stands_in_the_way_of_the_part_file_is_replaced(stands_there: str, tmp_path: Path) -> None:
    ODD[stands_there](tmp_path / "a.part")

    write_whole(tmp_path / "a", b"new", 0o600)

    assert (tmp_path / "a").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_folder_is_listed_without_names_that_cannot_be_said(tmp_path: Path) -> None:
    for name in (b"b.yaml", b"a.yaml", b"\xb9\xe0.yaml", b"new\nline.yaml", b"c.txt"):
        (tmp_path / os.fsdecode(name)).touch()

    listing = list_folder(tmp_path, ".yaml")

    assert [path.name for path in listing.paths] == ["a.yaml", "b.yaml"]
    assert len(listing.faults) == 2
    assert all("is no printable text; it was ignored" in line and line.isprintable() for line in listing.faults)
    assert list_folder(tmp_path / "none", ".yaml").faults == ()


def test_a_folder_of_very_many_files_is_listed_in_part(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}.yaml").touch()

    listing = list_folder(tmp_path, ".yaml", limit=8)

    assert len(listing.paths) == 8
    assert listing.faults == (f"{tmp_path}: has over 8 entries; the others are left out",)


def test_a_process_does_not_touch_the_part_file_of_another(tmp_path: Path) -> None:
    other = write_beside(tmp_path / "a", b"theirs", ending=f".0{PART}")

    write_whole(tmp_path / "a", b"ours", ending=process_part())
    other.replace(tmp_path / "a")

    assert (tmp_path / "a").read_bytes() == b"theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / f"a{PART}").mkdir()

    with pytest.raises(OSError, match=PART):
        write_whole(tmp_path / "a", b"new")

    assert (tmp_path / "a").read_bytes() == b"old"


WRITER = Path(__file__).parents[2] / "emo_osc" / "core" / "small_file.py"


def test_part_files_are_named_by_small_file_and_two_that_need_their_own() -> None:
    package = WRITER.parents[1]
    named = sorted(path.name for path in package.rglob("*.py") if '.part"' in path.read_text(encoding="utf-8"))

    assert named == ["listen_test.py", "phrase_store.py", "small_file.py"]  # rendered in place; cleans up


def cut_short(path: Path) -> None:
    path.write_bytes(b"ne")
    raise OSError("full")


def test_a_file_that_a_library_writes_takes_the_place_of_the_old_one_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_bytes(b"old")

    with pytest.raises(OSError, match="full"), replacing(path) as part:
        cut_short(part)
    assert ([each.name for each in tmp_path.iterdir()], path.read_bytes()) == (["state"], b"old")

    mode = path.stat().st_mode
    with replacing(path) as part:
        part.write_bytes(b"new")
        part.chmod(0o600)
        assert path.read_bytes() == b"old"
    assert path.stat().st_mode == mode
    assert ([each.name for each in tmp_path.iterdir()], path.read_bytes()) == (["state"], b"new")
