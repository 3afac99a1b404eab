"""What a name means among the ports that drivers list; real ports are joined in tests/midi/test_joining.py."""

import pytest

from emo_osc.midi.port_names import Offered, find, is_ours, missing, virtual_name

JACK = ("Midi-Bridge:UM-ONE (capture): UM-ONE MIDI 1", "system:midi_playback_10", "system:midi_playback_1", "synth:in")
ALSA = ("Midi Through:Midi Through Port-0 14:0", "UM-ONE:UM-ONE MIDI 1 28:0", "loopMIDI:Port 10 30:0")
WINDOWS = ("loopMIDI Port 10 0", "loopMIDI Port 1 1", "Microsoft GS Wavetable Synth 2", "emo_osc 3")
FOUND = [
    ("an exact name", "Jack", JACK, "synth:in", "synth:in"),
    ("its port alone", "Jack", JACK, "midi_playback_1", "system:midi_playback_1"),
    ("its client alone", "Jack", JACK, "synth", "synth:in"),
    ("whole words before parts", "Jack", ("xum-one:in", "UM-ONE 2:in"), "um-one", "UM-ONE 2:in"),
    ("a part", "Jack", JACK, "playback_10", "system:midi_playback_10"),
    ("half a word", "Jack", JACK, "ynt", "synth:in"),
    ("the exact one before the longer", "Jack", ("strings 2:in", "strings:in"), "strings", "strings:in"),
    ("Port 1, not Port 10", "Windows MultiMedia", WINDOWS, "loopMIDI Port 1", "loopMIDI Port 1 1"),
    ("no number cut in two", "ALSA", ALSA, "Port 1", None),
    ("no number cut from before", "ALSA", ALSA, "8:0", None),
    ("its old numbers after another plug", "ALSA", ALSA, "UM-ONE:UM-ONE MIDI 1 20:0", "UM-ONE:UM-ONE MIDI 1 28:0"),
    ("a loopback port called as we are", "Windows MultiMedia", WINDOWS, "emo_osc", "emo_osc 3"),
    ("a mistyped name", "Jack", JACK, "UM-OEN", None),
    ("no name", "Jack", JACK, " ", None),
    ("our own port", "Jack", ("emo_osc:UM-ONE", "emo_osc in:UM-ONE", "emo_osc-01:UM-ONE"), "UM-ONE", None),
    ("words in another script", "CoreMIDI", ("신디 1", "신디사이저"), "신디", "신디 1"),
]


@pytest.mark.parametrize(
    ("system", "names", "name", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND]
)
def test_a_name_means(system: str, names: tuple[str, ...], name: str, expected: str | None) -> None:
    found = find(name, [Offered(system, port) for port in names])

    assert (found.name if found else None) == expected


def test_every_system_is_searched_for_the_better_match_first() -> None:
    offered = [Offered("ALSA", "UM-ONE 2:in 20:0"), Offered("Jack", "UM-ONE:in")]

    assert find("UM-ONE", offered) == offered[1]


OURS = [
    ("Jack", "emo_osc:emo_osc", True),
    ("Jack", "emo_osc-01:strings", True),
    ("Jack", "emo_osc in:emo_osc in", True),
    ("Jack", "emo_osc in-02:x", True),
    ("Jack", "a2j:emo_osc [128] (capture): emo_osc", True),
    ("Jack", "Midi-Bridge:emo_osc:(capture_0) emo_osc", True),
    ("ALSA", "emo_osc:emo_osc 128:0", True),
    ("ALSA", "synth:emo_osc 129:0", False),
    ("CoreMIDI", "emo_osc", True),
    ("CoreMIDI", "emo_osc in", True),
    ("CoreMIDI", "IAC Driver emo_osc", False),
    ("Windows MultiMedia", "emo_osc 0", False),
    ("Jack", "emo_oscillator:in", False),
    ("Jack", "synth:emo_osc", False),
]


@pytest.mark.parametrize(("system", "name", "expected"), OURS, ids=[f"{row[0]} {row[1]}" for row in OURS])
def test_ports_of_any_emo_osc_are_known(system: str, name: str, expected: bool) -> None:
    assert is_ours(Offered(system, name)) is expected


def test_where_a_system_tells_no_client_our_virtual_port_is_known_by_its_name() -> None:
    offered = [Offered("CoreMIDI", "strings")]

    assert find("strings", offered, own=("strings",)) is None
    assert find("strings", offered) == offered[0]


def test_a_port_that_is_missing_is_told_with_those_there_are_the_nearest_first() -> None:
    offered = [Offered("Jack", f"piano {n}:in") for n in range(6)] + [Offered("Jack", "UM-ONE:MIDI 1")]
    ours = [Offered("Jack", "emo_osc:UM-OEN")]

    assert missing("UM-OEN", offered + ours) == (
        "no port 'UM-OEN' yet, waiting for it; there are 'UM-ONE:MIDI 1', 'piano 0:in', 'piano 1:in', "
        "'piano 2:in', 'piano 3:in' and 2 more"
    )
    assert missing("x", ours) == "no port 'x' yet, waiting for it; there are no others"


@pytest.mark.parametrize(
    ("name", "virtual"),
    [("emo_osc", "emo_osc"), ("emo_osc in", "emo_osc in"), ("virtual:a b", "a b"), ("virtual:", "emo_osc"), ("x", "")],
)
def test_a_virtual_port_is_opened_for_our_own_name_or_when_asked(name: str, virtual: str) -> None:
    assert virtual_name(name) == virtual
