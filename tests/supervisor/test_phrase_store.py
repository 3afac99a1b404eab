"""Phrases on a real disk, a full one too."""

import json
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import mido
import pytest

from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import PhraseSaved, Ready
from emo_osc.supervisor.phrase_store import MAX_OLDER, PhraseStore
from tests.odd_files import ODD

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


def kept_of(ready: Ready, name: str = "코러스 1") -> PhraseSaved:
    return PhraseSaved(name, replace(ready, latent="abc"), Affect(0.8, 0.35), 96.0)


def test_a_phrase_comes_back_as_it_was(tmp_path: Path, ready: MakeReady) -> None:
    kept = kept_of(ready(60))
    music = PhraseStore(tmp_path / "phrases").save(kept)

    assert list(PhraseStore(tmp_path / "phrases").load()) == [kept]
    file = mido.MidiFile(music)
    assert [m.note for m in file.tracks[0] if m.type == "note_on"] == [60] * 64
    assert mido.tempo2bpm(next(m.tempo for m in file.tracks[0] if m.type == "set_tempo")) == pytest.approx(96.0)


def test_the_older_phrase_of_a_name_stays_beside_the_new_one(tmp_path: Path, ready: MakeReady) -> None:
    folder = PhraseStore(tmp_path)
    for pitch in (60, 62, 64):
        folder.save(kept_of(ready(pitch), "x"))

    assert [found.ready.seed for found in folder.load() if isinstance(found, PhraseSaved)] == [64]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "x.json", "x.mid", "x~1.json", "x~1.mid", "x~2.json", "x~2.mid",
    ]  # fmt: skip


def test_a_full_disk_leaves_everything_as_it_was(tmp_path: Path, ready: MakeReady) -> None:
    folder = PhraseStore(tmp_path)
    folder.save(kept_of(ready(60), "x"))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    with a_disk_of(300), pytest.raises(EmoOscError, match=r"'x' cannot be saved \(File too large\); .*free space"):
        folder.save(kept_of(ready(64, notes_a_bar=8), "x"))

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, ready: MakeReady) -> None:
    (tmp_path / "phrases").write_text("a file stands here")

    with pytest.raises(EmoOscError, match="phrases: '코러스 1' cannot be saved"):
        PhraseStore(tmp_path / "phrases").save(kept_of(ready(60)))


@pytest.mark.parametrize("data", [b"", b"{}", b"not json", b"\xff\xfe", b'{"kind": "Alive"}', b"[" * 100_000])
def test_a_file_that_is_no_phrase_is_told_and_left_alone(data: bytes, tmp_path: Path, ready: MakeReady) -> None:
    folder = PhraseStore(tmp_path)
    good = kept_of(ready(60), "good")
    folder.save(good)
    (tmp_path / "bad.json").write_bytes(data)

    found = list(folder.load())

    (error,) = [one for one in found if isinstance(one, EmoOscError)]
    assert f"{tmp_path / 'bad.json'}: not a kept phrase" in str(error)
    assert [one for one in found if isinstance(one, PhraseSaved)] == [good]
    assert (tmp_path / "bad.json").read_bytes() == data


@pytest.mark.parametrize("reason", ODD)
def test_what_is_no_file_is_told_and_left_alone(reason: str, tmp_path: Path, ready: MakeReady) -> None:
    folder = PhraseStore(tmp_path)
    good = kept_of(ready(60), "good")
    folder.save(good)
    ODD[reason](tmp_path / "bad.json")

    found = list(folder.load())

    assert [one for one in found if isinstance(one, PhraseSaved)] == [good]
    (error,) = [one for one in found if isinstance(one, EmoOscError)]
    assert reason in str(error)


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: replace(kept, name="밝" * 300_000),
        lambda kept: replace(kept, name="../x"),
        lambda kept: replace(kept, tempo=float("nan")),
        lambda kept: replace(kept, tempo=1e9),
        lambda kept: replace(kept, ready=replace(kept.ready, latent="밝" * 70_000)),
        lambda kept: replace(kept, ready=replace(kept.ready, melody=replace(kept.ready.melody, bars=10**9))),
        lambda kept: replace(kept, ready=replace(kept.ready, distance=float("inf"))),
    ],
)
def test_a_phrase_that_the_stage_could_not_have_kept_is_not_handed_to_it(
    change: Callable[[PhraseSaved], PhraseSaved], tmp_path: Path, ready: MakeReady
) -> None:
    line = json.loads(encode(change(kept_of(ready(60)))))
    (tmp_path / "x.json").write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")

    (error,) = PhraseStore(tmp_path).load()

    assert "x.json: not a kept phrase" in str(error)
    assert len(str(error)) < 500


def test_of_one_name_a_few_older_phrases_stay(tmp_path: Path, ready: MakeReady) -> None:
    folder = PhraseStore(tmp_path)
    for count in range(MAX_OLDER + 4):
        folder.save(kept_of(ready(60 + count), "x"))

    assert sorted(path.stem for path in tmp_path.glob("*.mid")) == sorted(["x", *(f"x~{n}" for n in range(4, 12))])
    assert len(list(tmp_path.iterdir())) == 2 * (MAX_OLDER + 1)
    assert [one.ready.seed for one in folder.load() if isinstance(one, PhraseSaved)] == [60 + MAX_OLDER + 3]


def test_a_full_folder_takes_a_phrase_only_under_a_name_it_has(
    tmp_path: Path, ready: MakeReady, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emo_osc.supervisor.phrase_store.MAX_PHRASES", 3)
    folder = PhraseStore(tmp_path)
    for name in "abc":
        folder.save(kept_of(ready(60), name))

    with pytest.raises(EmoOscError, match="'d' cannot be saved \\(3 phrases are kept; remove or move some"):
        folder.save(kept_of(ready(60), "d"))
    folder.save(kept_of(ready(61), "a"))

    assert len([one for one in folder.load() if isinstance(one, PhraseSaved)]) == 3
    assert not [path for path in tmp_path.iterdir() if "d" in path.stem]


def test_of_a_folder_of_too_many_the_newest_are_read(
    tmp_path: Path, ready: MakeReady, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = PhraseStore(tmp_path)
    for name in "abcd":
        folder.save(kept_of(ready(60), name))
        os.utime(tmp_path / f"{name}.json", (ord(name), ord(name)))
    monkeypatch.setattr("emo_osc.supervisor.phrase_store.MAX_PHRASES", 2)

    told, *kept = folder.load()

    assert "over 2 phrases; only the newest can be recalled" in str(told)
    assert [one.name for one in kept if isinstance(one, PhraseSaved)] == ["c", "d"]


def test_without_a_folder_nothing_was_kept(tmp_path: Path) -> None:
    assert list(PhraseStore(tmp_path / "nowhere").load()) == []
