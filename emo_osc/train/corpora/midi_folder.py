"""Finds and reads the MIDI files of a folder tree, and reports those left out or read in part."""

import os
from collections.abc import Callable
from pathlib import Path

from emo_osc.core.midi_file import SUFFIXES, shown
from emo_osc.studio.performance import Performance, read_midi

MOST_FAULTS = 3  # told of one file
Report = Callable[[str], None]


def midi_files(folder: Path, report: Report) -> list[Path]:
    """The files named as MIDI files, in the order of their paths; links to folders are not followed.

    `tell` takes a line on each folder that cannot be read. What is no file but is named as one is in the list, so that
    whoever reads it says why it is left out.
    """

    def unread(error: OSError) -> None:
        report(f"left out: {shown(Path(error.filename))}: cannot be read ({error.strerror})")

    found = [
        Path(place, name)
        for place, _, names in os.walk(folder, onerror=unread)
        for name in names
        if Path(name).suffix.lower() in SUFFIXES
    ]
    return sorted(found)


def read_music(path: Path, report: Report) -> Performance:
    """The main part of what a file plays, without drums; `tell` takes a line where that is not all of it.

    Raises:
        ValueError: it cannot be read as MIDI, or plays nothing but drums.
    """
    whole = read_midi(path)
    music = whole.main_part()
    if not music.notes:
        raise ValueError(f"{shown(path)}: no notes{' but drums' if whole.notes else _why_silent(whole)}")
    if music.faults:
        report(f"read in part: {shown(path)}: {_listed(music.faults)}")
    return music


def _why_silent(performance: Performance) -> str:
    return f" ({_listed(performance.faults)})" if performance.faults else ""


def _listed(faults: tuple[str, ...]) -> str:
    rest = len(faults) - MOST_FAULTS
    return "; ".join([*faults[:MOST_FAULTS], *[f"and {rest} more faults"] * (rest > 0)])
