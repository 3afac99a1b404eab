"""The melody of a MIDI file: its highest part, in bars from the file's start, or a line that says why there is none."""

from pathlib import Path

import mido
import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import TICKS_PER_BAR, Melody, Note
from emo_osc.render.melody_file import MOST_BARS, read_tune

TUNE = tuple(Note(480 * beat, 360, 67 + beat % 5) for beat in range(4 * 20))
LOW = tuple(Note(240 * step, 240, 48 + step % 3) for step in range(8 * 20))


def written(
    path: Path, *parts: tuple[int, tuple[Note, ...]], signature: tuple[int, int] | None = None, tempo: int | None = None
) -> Path:
    """A file of a track a part, each on its channel 0..15."""
    file = mido.MidiFile(ticks_per_beat=480)
    for channel, notes in parts:
        track = mido.MidiTrack()
        if signature and not file.tracks:
            track.append(mido.MetaMessage("time_signature", numerator=signature[0], denominator=signature[1]))
        if tempo and not file.tracks:
            track.append(mido.MetaMessage("set_tempo", tempo=tempo))
        events = sorted(
            [(n.start_tick, 1, n) for n in notes] + [(n.end_tick, 0, n) for n in notes], key=lambda e: e[:2]
        )
        now = 0
        for tick, is_on, note in events:
            kind, velocity = ("note_on", note.velocity) if is_on else ("note_off", 0)
            track.append(mido.Message(kind, channel=channel, note=note.pitch, velocity=velocity, time=tick - now))
            now = tick
        file.tracks.append(track)
    file.save(path)
    return path


def test_a_melody_is_read_whole_with_its_tempo(tmp_path: Path) -> None:
    tune = read_tune(written(tmp_path / "x.mid", (0, TUNE), signature=(4, 4), tempo=750_000))

    assert tune.melody == Melody(TUNE, 20)
    assert (tune.tempo_bpm, tune.faults) == (80.0, ())
    assert [part.bars for part in tune.phrases()] == [16, 4]
    assert [part.bars for part in tune.phrases(3)] == [3]


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_parts_the_one_on_top_is_the_melody(tmp_path: Path, order: int) -> None:
    parts = [(3, TUNE), (1, LOW), (9, tuple(Note(120 * step, 60, 90) for step in range(200)))]

    assert read_tune(written(tmp_path / "x.mid", *parts[::order])).melody == Melody(TUNE, 20)


def test_what_is_struck_under_a_longer_note_belongs_to_the_accompaniment(tmp_path: Path) -> None:
    tune = tuple(Note(TICKS_PER_BAR * bar, TICKS_PER_BAR, 72 - bar) for bar in range(4))
    under = tuple(note for note in LOW[:32] if note.start_tick % TICKS_PER_BAR)

    assert read_tune(written(tmp_path / "x.mid", (0, tune + under))).melody == Melody(tune, 4)


def test_notes_that_overlap_a_little_are_one_line(tmp_path: Path) -> None:
    legato = tuple(Note(480 * beat, 500, 72 - beat) for beat in range(4))

    melody = read_tune(written(tmp_path / "x.mid", (0, legato))).melody

    assert [(note.start_tick, note.pitch) for note in melody.notes] == [(480 * beat, 72 - beat) for beat in range(4)]
    assert melody.bars == 1


def test_a_file_that_holds_no_melody_in_four_four_is_refused_with_a_remedy(tmp_path: Path) -> None:
    drums = written(tmp_path / "drums.mid", (9, LOW))
    silent = written(tmp_path / "silent.mid", (0, ()))
    waltz = written(tmp_path / "waltz.mid", (0, TUNE), signature=(3, 4))
    endless = written(tmp_path / "endless.mid", (0, (Note(MOST_BARS * TICKS_PER_BAR, 480, 60),)))
    text = tmp_path / "text.mid"
    text.write_text("no MIDI", encoding="utf-8")

    for path, words in (
        (drums, "no notes but drums; choose a file with a melody"),
        (silent, "no notes; choose a file with a melody"),
        (waltz, "3/4 in bar 1, only 4/4 can be accompanied; choose a melody in 4/4"),
        (endless, f"{MOST_BARS + 1} bars, at most {MOST_BARS} can be accompanied; cut it"),
        (text, "choose a MIDI file"),
        (tmp_path / "none.mid", "choose a MIDI file"),
    ):
        with pytest.raises(EmoOscError) as refused:
            read_tune(path)
        assert str(refused.value).startswith(f"--melody: {path}: ")
        assert str(refused.value).endswith(words)
