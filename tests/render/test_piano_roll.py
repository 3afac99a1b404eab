import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.image import imread

from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_BAR, Melody, Note
from emo_osc.render.piano_roll import COLOURS, piano_roll_png

SCALE = Melody(tuple(Note(number * TICKS_PER_BAR, TICKS_PER_BAR, 60 + number, 1 + 8 * number) for number in range(16)))
REST = Melody(())


def share_of(path: Path, colour: str) -> float:
    """How much of the picture has a colour, as a share of its pixels."""
    wanted = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    pixels = (imread(path)[:, :, :3] * 255).round().astype(int)
    return float((abs(pixels - wanted).max(axis=2) <= 2).mean())


def test_notes_are_drawn_where_and_as_hard_as_they_are_played(tmp_path: Path) -> None:
    soft = Melody((Note(0, PHRASE_TICKS, 60, 1),))
    hard = Melody((Note(0, PHRASE_TICKS // 2, 60, 127),))
    for name, melody in (("rest", REST), ("soft", soft), ("hard", hard)):
        piano_roll_png([melody], tmp_path / name)

    blank = {colour: share_of(tmp_path / "rest", colour) for colour in (COLOURS[0], COLOURS[-1])}
    long = share_of(tmp_path / "soft", COLOURS[0]) - blank[COLOURS[0]]
    short = share_of(tmp_path / "hard", COLOURS[-1]) - blank[COLOURS[-1]]
    assert long > 0.02
    assert short == pytest.approx(long / 2, rel=0.05)


def test_each_melody_adds_a_roll(tmp_path: Path) -> None:
    for count in (1, 2, 5):
        piano_roll_png([SCALE] * count, tmp_path / str(count), titles=["bright"] * count)

    one, two, five = (imread(tmp_path / str(count)).shape[0] for count in (1, 2, 5))
    assert five - two == pytest.approx(3 * (two - one), abs=3)


def test_the_same_melodies_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        piano_roll_png([SCALE, REST], tmp_path / name, ["bright"])

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes().startswith(b"\x89PNG")


def test_letters_that_the_font_lacks_are_left_out_without_a_warning(tmp_path: Path) -> None:
    piano_roll_png([SCALE], tmp_path / "mixed", ["bright 밝음"])
    piano_roll_png([SCALE], tmp_path / "plain", ["bright"])

    assert (tmp_path / "mixed").read_bytes() == (tmp_path / "plain").read_bytes()


def test_other_lengths_and_the_ends_of_the_keyboard_can_be_drawn(tmp_path: Path) -> None:
    piano_roll_png([SCALE, Melody((Note(0, 9, 0, 1), Note(9, 9, 127, 127)), bars=3)], tmp_path / "odd.png")

    assert imread(tmp_path / "odd.png").shape[0] > 1_000


@pytest.mark.parametrize(("melodies", "titles"), [([], []), ([SCALE], ["one", "two"])])
def test_a_roll_needs_melodies_for_its_titles(melodies: list[Melody], titles: list[str], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least as many melodies as titles"):
        piano_roll_png(melodies, tmp_path / "none.png", titles)


def test_a_picture_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match=r"nowhere.*cannot be written \(No such file.*--png"):
        piano_roll_png([SCALE], tmp_path / "nowhere" / "a.png")


def test_without_matplotlib_the_remedy_is_named() -> None:
    program = """
import sys
sys.modules["matplotlib"] = None  # how Python itself marks a module that cannot be imported
from pathlib import Path
from emo_osc.core.errors import EmoOscError
from emo_osc.render.piano_roll import piano_roll_png
from emo_osc.core.score import Melody
try:
    piano_roll_png([Melody(())], Path("roll.png"))
except EmoOscError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "roll.png: drawing needs matplotlib; in the checkout: pip install '.[train]'\n"
