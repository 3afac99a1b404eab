"""The whole way: a face on a picture, `emo-osc face`, UDP, the daemon, and notes at a real MIDI port."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import mean

import cv2
import numpy as np
import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.face import estimate
from emo_osc.face.drawn import blank
from emo_osc.face.vgg16 import EXPRESSIONS
from emo_osc.weights import checkpoints
from tests.serving import Daemon, Listener, drained, next_note

pytestmark = [pytest.mark.torch, pytest.mark.slow]
PUBLIC_TEST = 1
LEFT, TOP, SIDE = 220, 130, 192
MAJOR, MINOR = {4, 9, 11}, {3, 8, 10}  # third, sixth and seventh above C, the key unless another is asked for


@pytest.fixture(scope="module")
def checkpoint() -> Path:
    try:
        return checkpoints.find(estimate.NAME).resolve()
    except EmoOscError as error:
        pytest.skip(str(error))


def faces_of(expressions: Iterable[str]) -> dict[str, estimate.Images]:
    """Faces of the test split: of the first right ones without a copy elsewhere, those the network is surest of."""
    path = Path(os.environ.get("EMO_OSC_DATA", "")) / "fer2013_train.npz"
    if "EMO_OSC_DATA" not in os.environ or not path.is_file():
        pytest.skip("FER2013 is not here: EMO_OSC_DATA names the folder of fer2013_train.npz")
    with np.load(path) as file:
        images, labels = file["images"], file["labels"]
        is_apart = (file["split"] == PUBLIC_TEST) & ~file["copy_of_training"]
    estimator, chosen = estimate.Estimator.of_checkpoint(), {}
    for expression in expressions:
        label = EXPRESSIONS.index(expression)
        some = images[np.flatnonzero(is_apart & (labels == label))[:12]]
        chosen[expression] = some[int(estimator.probabilities(some)[:, label].argmax())]
    return chosen


def as_photo(face: estimate.Images, path: Path) -> Path:
    """The face, large, in front of a wall: what a camera would give."""
    photo = blank()
    large = cv2.resize(face, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    photo[TOP : TOP + SIDE, LEFT : LEFT + SIDE] = large[..., None]
    assert cv2.imwrite(str(path), photo)
    return path


def shown(photo: Path, port: int, checkpoint: Path) -> str:
    command = [sys.executable, "-m", "emo_osc", "face", "--image", str(photo), "--port", str(port)]
    run = subprocess.run(
        [*command, "--model", str(checkpoint)], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def heard_notes(heard: Listener, seconds: float) -> list[tuple[int, int]]:
    """Pitch and velocity of the notes of so many seconds."""
    first_s, message = next_note(heard)
    notes = [(message[1], message[2])]
    while (note := next_note(heard))[0] < first_s + seconds:
        notes.append((note[1][1], note[1][2]))
    return notes


SIDES: dict[str, Callable[[float, float], bool]] = {
    "happiness": lambda valence, arousal: valence > 0.15 and arousal > 0.3,
    "sadness": lambda valence, arousal: valence < -0.15 and arousal < 0.3,
}


def test_a_happy_and_a_sad_face_are_heard_on_their_sides_of_the_plane(
    daemon: Callable[..., Daemon], hear: Callable[[str], Listener], checkpoint: Path, tmp_path: Path
) -> None:
    faces = faces_of(SIDES)
    one = daemon("--tempo", "300")
    one.wait_for_line("generator ready")
    heard = hear(one.name)
    notes = {}
    one.send("/emo/quantize", "bar")
    for expression, is_on_its_side in SIDES.items():
        out = shown(as_photo(faces[expression], tmp_path / f"{expression}.png"), one.port, checkpoint)
        assert f"{expression}.png: {expression}" in out
        one.send("/emo/get/va")  # behind the face's own message in the daemon's socket
        told = one.receive_until(lambda message: message.address == "/emo/state/va")
        valence, arousal = (float(str(value)) for value in told.arguments)
        assert is_on_its_side(valence, arousal), out
        one.send("/emo/start_listen/bar")
        for _ in range(2):
            one.receive_until(lambda message: message.address == "/emo/bar")
        drained(heard)
        notes[expression] = heard_notes(heard, seconds=6.0)

    happy, sad = notes["happiness"], notes["sadness"]
    assert mean(velocity for _, velocity in happy) > mean(velocity for _, velocity in sad) + 8
    assert len(happy) > 1.3 * len(sad)
    assert bright_share(happy) > 0.5 > bright_share(sad)


def bright_share(notes: list[tuple[int, int]]) -> float:
    """Of the notes that tell C major from C minor, the share of major."""
    told = [pitch % 12 for pitch, _ in notes if pitch % 12 in MAJOR | MINOR]
    return sum(pitch in MAJOR for pitch in told) / len(told)
