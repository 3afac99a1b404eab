"""Sources on disk: what was written is read; garbage, other versions and full disks hurt nobody."""

import os
from pathlib import Path

import pytest

from emo_osc.protocol.messages import Measured
from emo_osc.studio.pool.pool import MAX_SOURCES, Source
from emo_osc.studio.pool.pool_file import MAX_FILES, Found, PoolFile, key_of
from tests.odd_files import ODD
from tests.supervisor.test_phrase_store import a_disk_of

SOURCES = tuple(Source(f"latent {seed}", seed, Measured(4.25, 60.5, 0.125), seed % 3) for seed in range(5))


def anything(_: str) -> bool:
    return True


@pytest.fixture
def file(tmp_path: Path) -> PoolFile:
    return PoolFile(tmp_path / "cache", "abcd1234-1")


@pytest.mark.parametrize("reason", ODD)
def test_what_is_no_file_is_told_and_replaced(reason: str, tmp_path: Path) -> None:
    file = PoolFile(tmp_path, "a-1")
    ODD[reason](file.path)
    ODD["a FIFO"](file.path.with_name(f"{file.path.name}.part"))

    found = file.load(anything)
    assert reason in found.note
    assert (file.save(()) == "") == (reason != "a folder")


def test_what_was_written_is_read_again(file: PoolFile) -> None:
    assert file.save(SOURCES) == ""
    assert file.load(anything) == Found(SOURCES)
    assert [path.name for path in file.path.parent.iterdir()] == ["sources-abcd1234-1.jsonl"]


def test_where_there_is_no_file_nothing_is_found_or_said(file: PoolFile) -> None:
    assert file.load(anything) == Found()


def test_a_text_of_another_generator_is_skipped_and_said(file: PoolFile) -> None:
    file.save(SOURCES)
    found = file.load(lambda text: text != "latent 3")

    assert found.sources == tuple(each for each in SOURCES if each.seed != 3)
    assert "1 lines were no sources" in found.note


@pytest.mark.parametrize(
    "line",
    [
        b"\x00\xff nonsense",
        b"[]",
        b"{}",
        b'{"source": 3}',
        b'{"source": ["x", 1, 4.0, 60.0, 0.5]}',
        b'{"source": ["x", 1, 4.0, 60.0, 0.5, 0, 0]}',
        b'{"source": [7, 1, 4.0, 60.0, 0.5, 0]}',
        b'{"source": ["x", 1.5, 4.0, 60.0, 0.5, 0]}',
        b'{"source": ["x", 1, NaN, 60.0, 0.5, 0]}',
        b'{"source": ["x", 1, "high", 60.0, 0.5, 0]}',
        b'{"source": ["x", 1, 4.0, 60.0, 0.5, -1]}',
        b'{"source": ' + b"[" * 100_000,
    ],
)
def test_a_wrong_line_costs_that_line_alone(line: bytes, file: PoolFile) -> None:
    file.save(SOURCES)
    head, *rest = file.path.read_bytes().splitlines()
    file.path.write_bytes(b"\n".join([head, rest[0], line, *rest[1:]]))
    found = file.load(anything)

    assert found.sources == SOURCES
    assert str(file.path) in found.note


@pytest.mark.parametrize("kept", range(0, 300, 29))
def test_a_file_cut_short_gives_the_whole_lines_it_has(kept: int, file: PoolFile) -> None:
    file.save(SOURCES)
    whole = file.path.read_bytes()
    file.path.write_bytes(whole[:kept])
    found = file.load(anything)

    assert found.sources == SOURCES[: len(found.sources)]
    assert len(found.sources) < len(SOURCES)
    assert found.note or not whole[:kept].split(b"\n", 1)[-1]


@pytest.mark.parametrize("head", [b'{"kind": "sources", "version": 2, "key": "abcd1234-1"}', b"", b"x", b"[]"])
def test_another_version_or_key_is_left_alone(head: bytes, file: PoolFile) -> None:
    file.save(SOURCES)
    rest = file.path.read_bytes().splitlines()[1:]
    file.path.write_bytes(b"\n".join([head, *rest]))

    assert file.load(anything).sources == ()
    assert "not of this version" in file.load(anything).note


def test_a_file_past_all_measure_is_read_as_far_as_a_pool_goes(file: PoolFile) -> None:
    file.save(Source("x", seed, Measured(4.0, 60.0, 0.5)) for seed in range(3 * MAX_SOURCES))

    assert len(file.load(anything).sources) == MAX_SOURCES


def test_what_cannot_be_read_is_said(file: PoolFile) -> None:
    file.path.mkdir(parents=True)

    assert "cannot be read" in file.load(anything).note


def test_a_disk_that_cannot_be_written_is_said_and_the_old_file_stays(file: PoolFile) -> None:
    file.save(SOURCES)
    file.path.with_name(f"{file.path.name}.part").mkdir()

    assert "cannot be written" in file.save(SOURCES[:1])
    assert file.load(anything) == Found(SOURCES)


def test_a_full_disk_costs_nothing_that_was_there(file: PoolFile) -> None:
    file.save(SOURCES)

    with a_disk_of(20):
        assert "File too large" in file.save(SOURCES[:1])
    assert file.load(anything) == Found(SOURCES)


def test_files_of_checkpoints_long_gone_leave(tmp_path: Path) -> None:
    for age in range(MAX_FILES + 2):
        one = PoolFile(tmp_path, f"{age}")
        one.save(SOURCES)
        os.utime(one.path, (1e9 - age, 1e9 - age))
    PoolFile(tmp_path, "new").save(SOURCES)

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        f"sources-{key}.jsonl" for key in ("new", *range(MAX_FILES - 1))
    )


def test_a_key_tells_checkpoints_and_temperatures_apart(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"weights")
    other.write_bytes(b"other weights")

    assert len({key_of(one, 1.0), key_of(one, 0.8), key_of(other, 1.0)}) == 3
    assert key_of(one, 1.0) == key_of(one, 1.0)
