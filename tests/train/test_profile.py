"""Profiles: files written from known densities, pitches and modes give those back, and a preset that plays."""

import sys
from collections.abc import Iterable
from pathlib import Path
from random import Random

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emo_osc.cli.main import main
from emo_osc.config.preset_loading import load_preset, parse_preset
from emo_osc.core.affect import MOODS, Affect, Mood, MoodBook
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import Melody, Note, midi_of
from emo_osc.core.targets import affect_of
from emo_osc.studio.aims import Aims
from emo_osc.studio.attributes import targets
from emo_osc.studio.performance import Performance, Played, read_midi
from emo_osc.train.corpora.midi_folder import read_music
from emo_osc.train.corpora.note_table import NoteTable
from emo_osc.train.cues import cues
from emo_osc.train.profile import Profile, measured_file, preset_text, profile, steady, top_line
from tests.odd_midi import NO_FILES, PLAYED, READ_IN_PART, REFUSED, write_all

BOOK = MoodBook(MOODS)
MAJOR, MINOR = (0, 4, 7, 2, 5, 0, 9, 7, 11, 0), (0, 3, 7, 2, 5, 0, 8, 7, 10, 0)
STEP = 120  # ticks


def tune(per_bar: int, pitch: int, degrees: tuple[int, ...], seed: int = 0, bars: int = 16) -> Melody:
    """So many notes in each bar, about a pitch, in a mode on C."""
    random, notes = Random(seed), []
    for bar in range(bars):
        for step in sorted([*random.sample(range(1, 16), per_bar - 1), 0]):
            degree = random.choice(degrees)
            near = min((degree + 12 * octave for octave in range(10)), key=lambda each: abs(each - pitch))
            notes.append(Note((16 * bar + step) * STEP, STEP, near))
    return Melody(tuple(notes), bars)


def saved(folder: Path, *melodies: Melody, tempo: float = 96.0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for index, melody in enumerate(melodies):
        midi_of([melody], tempo).save(folder / f"{index}.mid")
    return folder


def profiles(folder: Path, lines: list[str] | None = None, book: MoodBook = BOOK) -> dict[str, Profile]:
    found = profile(folder, book, (lines if lines is not None else []).append, unwatched)
    return {each.mood.id: each for each in found}


def unwatched(files: list[Path], mood: str) -> Iterable[Path]:
    return files


def test_known_densities_pitches_and_modes_come_back(tmp_path: Path) -> None:
    saved(tmp_path / "Bright", *(tune(7, 76, MAJOR, seed) for seed in range(6)))
    saved(tmp_path / "우울함", *(tune(3, 62, MINOR, seed) for seed in range(6)), tempo=60.0)

    found = profiles(tmp_path)

    bright, melancholy = found["bright"].reference, found["melancholy"].reference
    assert (bright.affect, melancholy.affect) == (Affect(0.80, 0.35), Affect(-0.60, -0.45))
    assert (bright.notes_per_bar, melancholy.notes_per_bar) == (7.0, 3.0)
    assert bright.mean_pitch == pytest.approx(76, abs=1)
    assert melancholy.mean_pitch == pytest.approx(62, abs=1)
    assert (bright.major or 0) > 0.7
    assert (melancholy.major or 1) < 0.3
    assert found["melancholy"].tempos.tolist() == pytest.approx([60.0] * 6)
    assert found["bright"].errors[0] == 0.0
    assert 0.0 < found["bright"].errors[1] < 0.5


def test_what_is_written_is_a_preset_that_aims_at_what_was_measured(tmp_path: Path) -> None:
    saved(tmp_path / "gloomy", tune(9, 80, MAJOR), tune(9, 80, MAJOR, 1))
    saved(tmp_path / "내 노래: #1", tune(5, 70, MAJOR), tune(5, 70, MAJOR, 1))

    preset = parse_preset(preset_text(profiles(tmp_path).values(), "a\nfolder"), "written")

    own = preset.mood_book().find("내 노래: #1")
    aims = Aims(preset.references())
    assert [mood.id for mood in preset.mood_book().moods] == [*(mood.id for mood in MOODS), own.id]
    assert preset.mood_book().find("gloomy") == BOOK.find("gloomy")
    assert aims(Affect(-0.80, -0.15))[0] == pytest.approx(9.0)
    assert aims(own.affect)[0] == pytest.approx(5.0)


def test_a_mood_nobody_knows_lies_where_the_formulas_ask_for_what_it_measures(tmp_path: Path) -> None:
    saved(tmp_path / "Storm", tune(7, 72, MINOR), tune(7, 72, MINOR, 1))
    storm = profiles(tmp_path)["Storm"]

    assert storm.is_inferred
    assert storm.mood.affect.valence < -0.3
    assert storm.mood.affect.arousal > 0.7
    assert "inferred" in preset_text([storm], "x")


def test_a_mood_of_ones_own_takes_its_point_from_a_preset(tmp_path: Path) -> None:
    saved(tmp_path / "폭풍", tune(7, 72, MINOR))
    book = parse_preset("moods: {storm: {valence: -0.3, arousal: 0.9, aliases: [폭풍]}}", "x").mood_book()

    (storm,) = profiles(tmp_path, book=book).values()
    again = parse_preset(preset_text([storm], "x"), "y").mood_book().find("폭풍")
    assert (storm.mood.id, storm.is_inferred, again) == ("storm", False, book.find("storm"))


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.id)
def test_density_and_mode_say_where_a_feeling_lies(mood: Mood) -> None:
    density, _, major = targets(mood.affect).tolist()

    assert affect_of(density, major).distance(mood.affect) < 0.02


def test_folders_of_one_mood_are_put_together(tmp_path: Path) -> None:
    saved(tmp_path / "bright", tune(4, 72, MAJOR))
    saved(tmp_path / "밝은" / "deeper", tune(6, 72, MAJOR))

    assert profiles(tmp_path)["bright"].reference.notes_per_bar == 5.0


def test_files_that_cannot_be_measured_are_named_and_left_out(tmp_path: Path) -> None:
    folder = saved(tmp_path / "bright", tune(4, 72, MAJOR))
    (folder / "broken.mid").write_bytes(b"MThd what is this")
    Melody(()).to_midi().save(folder / "silent.mid")
    saved(folder / "short", tune(4, 72, MAJOR, bars=2))
    (folder / "read me.txt").write_text("no music")
    (tmp_path / "gloomy").mkdir()
    lines: list[str] = []

    found = profiles(tmp_path, lines)

    assert (list(found), len(found["bright"].measured), found["bright"].left_out) == (["bright"], 1, 3)
    assert [next(word for word in ("broken", "short", "silent", "gloomy") if word in line) for line in lines] == [
        "broken",
        "short",
        "silent",
        "gloomy",
    ]


def test_one_odd_file_costs_no_other_its_measure_and_each_has_its_reason(tmp_path: Path) -> None:
    (tmp_path / "bright").mkdir()
    write_all(tmp_path / "bright")
    told: list[str] = []

    (found,) = profiles(tmp_path, told).values()

    assert (len(found.measured), found.left_out) == (len(PLAYED) + len(READ_IN_PART), len(REFUSED) + len(NO_FILES))
    assert np.ptp(found.measured, axis=0).tolist() == [0.0, 0.0, 0.0]
    for name, (_, reason) in {**REFUSED, **NO_FILES}.items():
        assert any(line.startswith("left out: ") and f"{name}.mid: " in line and reason in line for line in told), name


@settings(max_examples=60)
@given(
    content=st.sampled_from([*PLAYED.values(), *READ_IN_PART.values()]),
    spoilt=st.dictionaries(st.integers(0, 300), st.integers(0, 255), max_size=6),
)
def test_no_damage_to_a_file_is_more_than_a_reason(
    content: bytes, spoilt: dict[int, int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    damaged = bytearray(content)
    for at, byte in spoilt.items():
        damaged[at % len(damaged)] = byte
    path = tmp_path_factory.getbasetemp() / "damaged.mid"
    path.write_bytes(damaged)

    try:
        notes = NoteTable.of_performances([read_music(path, print)])
        measured, tempo = measured_file(path, print)
    except ValueError as error:
        reason = str(error)
    else:
        reason = "damaged.mid: "
        assert np.isfinite([*cues(notes)[0], *measured, tempo]).all()
    assert "damaged.mid: " in reason


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere file names are text")
def test_a_folder_whose_name_is_no_text_is_left_out_at_once(tmp_path: Path) -> None:
    saved(tmp_path / "bright", tune(4, 72, MAJOR))
    saved(tmp_path / "Mod\udce0", tune(4, 72, MAJOR))
    told: list[str] = []

    found = profiles(tmp_path, told)

    assert list(found) == ["bright"]
    assert told == [f"left out: {tmp_path}/Mod\\xe0: its name is not in UTF-8, so it names no mood; rename it"]
    assert "music of Mod\\xe0 measures" in preset_text(found.values(), "Mod\udce0")


def test_a_stray_note_hours_later_does_not_move_the_tempo(tmp_path: Path) -> None:
    path = saved(tmp_path / "x", tune(4, 72, MAJOR), tempo=96.0) / "0.mid"
    file = mido.MidiFile(path)
    stray = [mido.Message("note_on", note=100, velocity=64), mido.Message("note_off", note=100, time=10)]
    file.tracks[0][-1:] = [mido.MetaMessage("set_tempo", tempo=2_000_000), stray[0].copy(time=3_000_000), stray[1]]
    file.save(path)
    told: list[str] = []

    _, tempo = measured_file(path, told.append)

    assert tempo == pytest.approx(96.0)
    assert told == [f"read in part: {path}: 1 of 65 notes left out: more than 30 s lie between them and the rest"]


def test_nothing_to_measure_is_told_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match=r"no such folder; give one that holds a folder of \.mid files"):
        profiles(tmp_path / "nowhere")
    with pytest.raises(EmoOscError, match=r"no mood with a \.mid file"):
        profiles(tmp_path)


def test_time_in_film_frames_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "x", tune(4, 72, MAJOR)) / "0.mid"
    data = bytearray(path.read_bytes())
    data[12:14] = b"\xe7\x28"
    path.write_bytes(data)

    with pytest.raises(ValueError, match="film frames"):
        measured_file(path, print)


def test_eight_bars_are_measured_as_a_whole(tmp_path: Path) -> None:
    path = saved(tmp_path / "x", tune(6, 72, MAJOR, bars=8)) / "0.mid"

    assert measured_file(path, print)[0][0] == 6.0


def test_the_top_line_leaves_the_accompaniment_and_the_drums_and_keeps_legato() -> None:
    melody = [Played(76, 80, 0.0, 2.1), Played(72, 80, 2.0, 4.0, instrument=1)]
    below = [Played(48, 80, step / 2, step / 2 + 0.5) for step in range(8)]
    drums = [Played(90, 80, 0.0, 1.0, is_drum=True)]

    assert [note.pitch for note in top_line(Performance((*below, *melody, *drums))).notes] == [76, 72]


def test_a_chordal_piece_is_as_dense_as_its_melody(tmp_path: Path) -> None:
    file = midi_of([tune(4, 76, MAJOR)], 120.0)
    chords = midi_of([tune(8, 48, MAJOR, 1)], 120.0, channel=2)
    file.type = 1
    file.tracks.append(mido.MidiTrack(message for message in chords.tracks[0] if not message.is_meta))
    file.save(tmp_path / "two.mid")
    line = top_line(read_midi(tmp_path / "two.mid"))
    notes = [note.pitch for note in line.notes if note.pitch > 64]

    assert len(notes) == 64  # the melody is whole; what shows in its rests is the accompaniment


def test_music_that_breathes_is_measured_by_its_beats() -> None:
    beats = 64
    tempos = tuple(
        (float(np.sum([60 / (100 + 10 * (b % 3)) for b in range(beat)])), 100.0 + 10 * (beat % 3))
        for beat in range(beats)
    )
    starts = [at_s for at_s, _ in tempos]
    notes = tuple(Played(60, 80, at_s, at_s + 0.2) for at_s in starts)

    assert [note.start_s for note in steady(Performance(notes, tempos)).notes] == pytest.approx(
        [0.5 * beat for beat in range(beats)]
    )


def test_the_command_writes_a_preset_that_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(tmp_path / "songs" / "lively", tune(8, 74, MAJOR), tune(8, 74, MAJOR, 1))
    out = tmp_path / "mine.yaml"

    assert main(["profile", str(tmp_path / "songs"), "-o", str(out)]) == 0
    assert main(["check", str(out)]) == 0
    assert load_preset(str(out)).references()[0].notes_per_bar == 8.0
    assert "lively" in capsys.readouterr().out
    assert main(["profile", str(tmp_path / "nowhere"), "-o", str(out)]) == 2
    assert main(["profile", str(tmp_path / "songs"), "-o", str(tmp_path / "no" / "x.yaml")]) == 2
