"""The bench of the start: a real daemon, and its first note on a real port."""

import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.bench.bench_start import bench_start


def test_the_first_note_after_a_start_is_heard_and_timed(jack: str) -> None:
    figures = bench_start(1)["first note"]

    assert figures["starts"] == 1
    assert 0.0 < figures["first_ms"] == figures["rest_p50_ms"] == figures["rest_max_ms"]


def test_without_a_midi_system_it_says_what_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rtmidi.get_compiled_api", list)
    with pytest.raises(EmoOscError, match="no MIDI system with virtual ports; start jackd"):
        bench_start(1)
