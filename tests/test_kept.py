"""Phrases on a real disk, a full one too."""

import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import mido
import pytest

from emo_osc.affect import Affect
from emo_osc.errors import EmoOscError
from emo_osc.kept import PhraseFolder
from emo_osc.messages import Kept, Ready

MakeReady = Callable[..., Ready]


@contextmanager
def a_disk_of(size_bytes: int) -> Iterator[None]:
    """No file of ours can grow past a size: what a full disk feels like, from the same system call."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def kept_of(ready: Ready, name: str = "코러스 1") -> Kept:
    return Kept(name, replace(ready, latent="abc"), Affect(0.8, 0.35), 96.0)


def test_a_phrase_comes_back_as_it_was(tmp_path: Path, ready: MakeReady) -> None:
    kept = kept_of(ready(60))
    music = PhraseFolder(tmp_path / "phrases").save(kept)

    assert list(PhraseFolder(tmp_path / "phrases").load()) == [kept]
    file = mido.MidiFile(music)
    assert [m.note for m in file.tracks[0] if m.type == "note_on"] == [60] * 64
    assert mido.tempo2bpm(next(m.tempo for m in file.tracks[0] if m.type == "set_tempo")) == pytest.approx(96.0)


def test_the_older_phrase_of_a_name_stays_beside_the_new_one(tmp_path: Path, ready: MakeReady) -> None:
    folder = PhraseFolder(tmp_path)
    for pitch in (60, 62, 64):
        folder.save(kept_of(ready(pitch), "x"))

    assert [found.ready.seed for found in folder.load() if isinstance(found, Kept)] == [64]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "x.json", "x.mid", "x~1.json", "x~1.mid", "x~2.json", "x~2.mid",
    ]  # fmt: skip


def test_a_full_disk_leaves_everything_as_it_was(tmp_path: Path, ready: MakeReady) -> None:
    folder = PhraseFolder(tmp_path)
    folder.save(kept_of(ready(60), "x"))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    with a_disk_of(300), pytest.raises(EmoOscError, match=r"'x' cannot be saved \(File too large\); .*free space"):
        folder.save(kept_of(ready(64, notes_a_bar=8), "x"))

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, ready: MakeReady) -> None:
    (tmp_path / "phrases").write_text("a file stands here")

    with pytest.raises(EmoOscError, match="phrases: '코러스 1' cannot be saved"):
        PhraseFolder(tmp_path / "phrases").save(kept_of(ready(60)))


@pytest.mark.parametrize("data", [b"", b"{}", b"not json", b"\xff\xfe", b'{"kind": "Alive"}', b"[" * 100_000])
def test_a_file_that_is_no_phrase_is_told_and_left_alone(data: bytes, tmp_path: Path, ready: MakeReady) -> None:
    folder = PhraseFolder(tmp_path)
    good = kept_of(ready(60), "good")
    folder.save(good)
    (tmp_path / "bad.json").write_bytes(data)

    found = list(folder.load())

    (error,) = [one for one in found if isinstance(one, EmoOscError)]
    assert f"{tmp_path / 'bad.json'}: not a kept phrase" in str(error)
    assert [one for one in found if isinstance(one, Kept)] == [good]
    assert (tmp_path / "bad.json").read_bytes() == data


def test_without_a_folder_nothing_was_kept(tmp_path: Path) -> None:
    assert list(PhraseFolder(tmp_path / "nowhere").load()) == []
