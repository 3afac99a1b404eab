"""NoteSequences against those of Magenta's converter; skipped where note-seq is missing."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import Melody
from emo_osc.studio.extraction import windows
from emo_osc.studio.tokens import melody_of
from emo_osc.train.magenta.noteseq import from_note_sequence, to_note_sequence

GOLDEN = Path(__file__).parents[2] / "golden" / "converter"
ENCODED = json.loads((GOLDEN / "encode_cases.json").read_text())
DECODED = json.loads((GOLDEN / "decode_cases.json").read_text())


def _fields(sequence: Any) -> dict[str, Any]:
    notes = [
        [n.pitch, n.velocity, n.start_time, n.end_time, n.instrument, n.program, n.is_drum] for n in sequence.notes
    ]
    tempos = [[tempo.time, tempo.qpm] for tempo in sequence.tempos]
    return {"tempos": tempos, "time_signatures": [], "notes": notes, "total_time": sequence.total_time}


@pytest.mark.parametrize("case", DECODED, ids=range(len(DECODED)))
def test_tokens_become_the_golden_sequence(case: dict[str, Any]) -> None:
    pytest.importorskip("note_seq.protobuf.music_pb2", reason="note-seq is not installed")

    assert _fields(to_note_sequence(melody_of(case["tokens"]))) == case["sequence"]


@pytest.mark.parametrize("case", ENCODED, ids=lambda case: str(case["name"]))
def test_a_sequence_has_the_golden_windows(case: dict[str, Any]) -> None:
    music = pytest.importorskip("note_seq.protobuf.music_pb2", reason="note-seq is not installed")
    sequence = music.NoteSequence()
    for time_s, tempo in case["sequence"]["tempos"]:
        sequence.tempos.add(time=time_s, qpm=tempo)
    for time_s, beats, unit in case["sequence"]["time_signatures"]:
        sequence.time_signatures.add(time=time_s, numerator=beats, denominator=unit)
    names = ("pitch", "velocity", "start_time", "end_time", "instrument", "program", "is_drum")
    for note in case["sequence"]["notes"]:
        sequence.notes.add(**dict(zip(names, note, strict=True)))

    assert sorted(windows(from_note_sequence(sequence))) == case["windows_from_sequence"]


def test_without_note_seq_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "note_seq.protobuf.music_pb2", None)

    with pytest.raises(EmoOscError, match="pip install note-seq"):
        to_note_sequence(Melody(()))
