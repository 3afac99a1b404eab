"""Sources of pictures: camera, video file, picture files. Pictures are never stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import read_small, reason_of
from emo_osc.face.drawn import Picture
from emo_osc.face.opencv import MAX_PIXELS, MAX_SIDE
from emo_osc.face.pacing import Capture, newest, played

WIDTH, HEIGHT = 640, 480
"""What a camera is asked for; what it gives is taken."""
MAX_FILE_BYTES = 1 << 26
MAX_LENGTH = 16  # times a picture's shorter side; whatever is searched for faces is scaled by that one


def load_picture(path: Path) -> Picture:
    """A picture file in colour.

    Raises:
        EmoOscError: the file cannot be read, or is no picture, or a larger one than is needed to see a face.
    """
    try:  # cv2.imread cannot open every name on Windows
        content = np.frombuffer(read_small(path, MAX_FILE_BYTES), np.uint8)
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be read ({reason_of(error)}); name a picture file") from None
    try:
        picture = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except cv2.error as error:
        if "MAX_IMAGE" in str(error):
            raise EmoOscError(
                f"{path}: over {MAX_PIXELS:,} points, or {MAX_SIDE:,} on one side; make it smaller"
            ) from None
        picture = None
    if picture is None:
        raise EmoOscError(f"{path}: no picture that OpenCV can read; give a .jpg or .png")
    _check_size(str(path), picture.shape[1], picture.shape[0])
    return picture.astype(np.uint8, copy=False)


@dataclass(frozen=True, slots=True)
class Film:
    """Pictures one after another: an opened camera or film, and what to call it; `is_live` where it has no end."""

    capture: Capture
    name: str
    is_live: bool

    def due(self, rate_hz: float) -> Iterator[tuple[float, Picture]]:
        """Pictures with their time in seconds, at most `rate_hz` a second; what comes between is left out.

        A film is shown at its own speed; of a camera each is the newest.

        Raises:
            EmoOscError: a camera gives no more pictures.
        """
        if not self.is_live:
            yield from played(self.capture, rate_hz)
            return
        yield from newest(self.capture, rate_hz)
        raise EmoOscError(f"{self.name}: gives no more pictures; is it unplugged, or has another program taken it?")


def open_camera(index: int) -> Film:
    """A camera by its number, the first is 0.

    Raises:
        EmoOscError: there is no such camera, or it cannot be opened.
    """
    capture = cv2.VideoCapture(index)
    if not capture.isOpened():
        raise EmoOscError(
            f"camera {index}: cannot be opened; connect one, close the program that holds it, allow this terminal"
            " to use it, or give another with --camera, --video or --image"
        )
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, WIDTH)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT)
    return Film(capture, f"camera {index}", is_live=True)


def open_video(path: Path) -> Film:
    """A film's file.

    Raises:
        EmoOscError: the file is missing, is no film, or its pictures are larger than is needed to see a face.
    """
    if not path.is_file():
        raise EmoOscError(f"{path}: not there; --video wants a film's file")
    capture = cv2.VideoCapture(str(path))
    if not capture.isOpened():
        raise EmoOscError(f"{path}: no film that OpenCV can read; give an .mp4 or .avi")
    _check_size(
        str(path), *(round(capture.get(side)) for side in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    )
    return Film(capture, str(path), is_live=False)


def _check_size(name: str, width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_LENGTH * min(width, height):
        raise EmoOscError(
            f"{name}: {width:,} by {height:,} points; cut out the face, or make it smaller than {MAX_PIXELS:,} points"
        )
