"""What crosses between the processes: every kind comes back as it was, and nonsense is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.affect import Affect, Reference
from emo_osc.core.score import PHRASE_TICKS, Melody, Note, monophonic
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import (
    MAX_LINE_BYTES,
    Alive,
    AnyMessage,
    ComposeBar,
    ComposeRequest,
    Failed,
    Finish,
    Learn,
    Loaded,
    LogLine,
    Mapped,
    MappingRead,
    MappingSaved,
    Measured,
    PhraseNotSaved,
    PhraseSaved,
    Played,
    Ports,
    PresetRead,
    Ready,
    Recompose,
    Restart,
    SetTargets,
    SwitchGenerator,
    Vary,
)

axes = st.floats(-1.0, 1.0)
affects = st.builds(Affect, axes, axes)
measures = st.floats(0.0, 127.0)
notes = st.builds(Note, st.integers(0, 30_719), st.integers(1, 960), st.integers(0, 127), st.integers(1, 127))
melodies = st.lists(notes, max_size=20).map(monophonic)
backings = st.lists(notes.filter(lambda note: note.end_tick <= PHRASE_TICKS), max_size=9).map(sorted).map(tuple)
readies = st.builds(
    Ready,
    melodies,
    affects,
    st.builds(Measured, measures, measures, st.floats(0.0, 1.0)),
    measures,
    st.integers(0),
    st.integers(),
    st.text(),
    st.just(()) | st.tuples(*[st.integers(0, 23)] * 32),
    backings,
)
references = st.builds(
    Reference,
    affects,
    st.none() | st.floats(0.25, 16.0),
    st.none() | st.floats(21.0, 108.0),
    st.none() | st.floats(0.0, 1.0),
)
messages = st.one_of(
    st.builds(ComposeRequest, affects, st.integers(), st.integers(1, 99)),
    st.builds(ComposeBar, affects, st.integers(), st.floats(20.0, 300.0), st.integers()),
    st.builds(Finish),
    st.builds(Loaded, st.text(), st.text(), st.booleans(), st.booleans()),
    st.builds(Recompose, melodies, st.integers(0, 255), affects, st.integers()),
    st.builds(Failed, st.text(), st.integers()),
    st.builds(Vary, melodies, st.text(), affects, st.floats(0.0, 1.0), st.integers(), st.integers(1, 99)),
    st.builds(Learn, st.none() | melodies),
    st.builds(SetTargets, st.lists(references).map(tuple), st.floats(-1.0, 1.0)),
    st.builds(Alive),
    st.builds(LogLine, st.text(), st.text()),
    st.builds(Ports, st.text(), st.text(), st.text()),
    st.builds(Restart, st.text(), st.text()),
    st.builds(SwitchGenerator, st.text()),
    st.builds(PhraseSaved, st.text(), readies, affects, st.floats(20.0, 300.0)),
    st.builds(PhraseNotSaved, st.text(), st.text()),
    st.builds(Mapped, st.text()),
    st.builds(MappingRead, st.text()),
    st.builds(MappingSaved, st.text()),
    st.builds(PresetRead, st.text(), st.text()),
    st.builds(Played, st.floats(0.0, 1e6), st.floats(20.0, 300.0), st.text()),
    readies,
)


@given(messages)
def test_every_message_survives_the_pipe(message: AnyMessage) -> None:
    line = encode(message)

    assert decode(line) == message
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")


def test_the_fullest_melody_fits_a_line() -> None:
    melody = Melody(tuple(Note(step * 120, 120, 127, 127) for step in range(256)))

    assert len(encode(Ready(melody, Affect(0, 0), Measured(16, 127, 1), 9.9, 2**63, 2**31))) < MAX_LINE_BYTES


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"hello",
        b"null",
        b"[]",
        b"3",
        b"{}",
        b'{"kind": "Bomb"}',
        b'{"kind": ["ComposeRequest"]}',
        b'{"kind": "ComposeRequest"}',
        b'{"kind": "Finish", "now": true}',
        b'{"kind": "ComposeRequest", "affect": {"valence": 2, "arousal": 0}, "ticket": 1}',
        b'{"kind": "ComposeRequest", "affect": {"valence": NaN, "arousal": 0}, "ticket": 1}',
        b'{"kind": "ComposeRequest", "affect": {"joy": 1}, "ticket": 1}',
        b'{"kind": "ComposeRequest", "affect": 3, "ticket": 1}',
        b'{"kind": "Failed", "text": null}',
        b'{"kind": "Kept", "name": "x", "ready": {"bars": 16}, "affect": {"valence": 0, "arousal": 0}}',
        b'{"kind": "Loaded", "generator": "x", "device": "cpu"',
        b'{"kind": "Loaded", "generator": "\xff", "device": "cpu"}',
        b"[" * 100_000,
        encode(Ready(Melody(()), Affect(0, 0), Measured(0, 0, 0), 0.0, 1, 1)).replace(
            b'"notes": []', b'"notes": [[0]]'
        ),
        encode(Ready(Melody(()), Affect(0, 0), Measured(0, 0, 0), 0.0, 1, 1)).replace(b'"notes": []', b'"not": []'),
    ],
    ids=lambda line: repr(line[:40]),
)
def test_a_line_that_is_no_message_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match="not a message"):
        decode(line)


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(line: bytes) -> None:
    with pytest.raises(ValueError, match="not a message"):
        decode(line)


PLAIN_READY = Ready(Melody(()), Affect(0, 0), Measured(0, 0, 0), 0.0, 1, 1)


def test_a_line_from_before_there_were_chords_has_none() -> None:
    line = encode(PLAIN_READY)
    old = line.replace(b', "chords": []', b"")
    assert old != line
    assert decode(old) == PLAIN_READY


@pytest.mark.parametrize("chords", ["[1]", "[true]", "[0.5]", '"C"', str([24] * 32), str([-1] * 32), str([0] * 33)])
def test_chords_are_32_triads_or_none(chords: str) -> None:
    line = encode(PLAIN_READY).replace(b'"chords": []', f'"chords": {chords}'.encode())
    with pytest.raises(ValueError, match="not a message"):
        decode(line)


@pytest.mark.parametrize("backing", [(Note(480, 480, 60), Note(0, 480, 60)), (Note(PHRASE_TICKS - 1, 2, 60),)])
def test_a_backing_that_is_out_of_order_or_too_long_is_refused(backing: tuple[Note, ...]) -> None:
    with pytest.raises(ValueError, match="backing"):
        Ready(Melody(()), Affect(0, 0), Measured(0, 0, 0), 0.0, 1, 1, backing=backing)


@given(readies)
def test_kept_phrases_keep_the_word_of_the_first_version(ready: Ready) -> None:
    kept = PhraseSaved("x", ready, Affect(0.0, 0.0), 120.0)

    assert encode(kept).startswith(b'{"kind": "Kept", "name": "x", ')
    assert decode(encode(kept)) == kept
