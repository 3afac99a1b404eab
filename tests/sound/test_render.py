import wave
from pathlib import Path

import numpy as np
import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.sound.instrument import Instrument
from emo_osc.sound.render import render_wav

SCALE = [
    (0.25 * number, bytes([kind, 60 + number, 90]))
    for number in range(8)
    for kind in ((0x80, 0x90) if number else (0x90,))
]
LAST = (2.0, bytes([0x80, 67, 64]))


def frames_of(path: Path) -> np.ndarray:
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)


def test_the_header_says_48_khz_16_bit_stereo_and_the_length_is_last_event_plus_tail(tmp_path: Path) -> None:
    render_wav([*SCALE, LAST], tmp_path / "scale.wav", tail_s=1.5)

    with wave.open(str(tmp_path / "scale.wav"), "rb") as file:
        assert file.getparams()[:5] == (2, 2, 48_000, 168_000, "NONE")


def test_the_same_events_make_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    for name, events in (("a", [*SCALE, LAST]), ("b", [LAST, *SCALE])):
        render_wav(events, tmp_path / name)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_file_holds_what_the_instrument_plays_and_fades_out(tmp_path: Path) -> None:
    render_wav([(0.1, bytes([0x90, 60, 100]))], tmp_path / "note.wav", tail_s=1.0, gain=0.8)

    heard = frames_of(tmp_path / "note.wav")
    played = Instrument(0.8).render(52_800, [(4_800, bytes([0x90, 60, 100]))])
    assert np.abs(heard[:50_000] / 32767 - played[:50_000]).max() < 1e-3
    assert np.abs(heard[-1]).max() <= 32767 / 2400
    assert np.abs(heard).max() < 32767


def test_no_events_make_a_silent_file(tmp_path: Path) -> None:
    render_wav([], tmp_path / "rest.wav", tail_s=0.5)

    assert frames_of(tmp_path / "rest.wav").shape == (24_000, 2)
    assert not frames_of(tmp_path / "rest.wav").any()


def test_a_file_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match=r"nowhere.*cannot be written \(No such file.*--wav"):
        render_wav([LAST], tmp_path / "nowhere" / "a.wav")


@pytest.mark.parametrize("time_s", [-0.1, float("nan"), float("inf")])
def test_a_time_that_never_comes_is_refused(time_s: float, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0 s or later"):
        render_wav([(time_s, b"\x90\x40\x40")], tmp_path / "a.wav")
