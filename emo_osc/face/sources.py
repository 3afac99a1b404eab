"""Where pictures come from: a camera, a film, files. Keeps none of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

import cv2
import numpy as np

from emo_osc.errors import EmoOscError
from emo_osc.face.drawn import Picture

WIDTH, HEIGHT = 640, 480
"""What a camera is asked for; what it gives is taken."""
_FILM_HZ = 25.0  # of a film that does not say


def load_picture(path: Path) -> Picture:
    """A picture file in colour.

    Raises:
        EmoOscError: the file cannot be read, or is no picture.
    """
    try:
        content = np.fromfile(path, np.uint8)  # cv2.imread cannot open every name on Windows
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be read ({error.strerror or error}); name a picture file") from None
    try:
        picture = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except cv2.error:  # a picture too large for OpenCV
        picture = None
    if picture is None:
        raise EmoOscError(f"{path}: no picture that OpenCV can read; give a .jpg or .png")
    return picture.astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Film:
    """Pictures one after another: an opened camera or film, and what to call it; `is_live` where it has no end."""

    capture: cv2.VideoCapture
    name: str
    is_live: bool

    def due(self, rate_hz: float) -> Iterator[tuple[float, Picture]]:
        """Pictures with their time in seconds, at most `rate_hz` a second; what comes between is not decoded.

        A film is shown at its own speed.

        Raises:
            EmoOscError: a camera gives no more pictures.
        """
        wait = perf_counter if self.is_live else self._film_clock()
        next_s = -1.0
        while self.capture.grab():
            at_s = wait()
            if at_s < next_s:
                continue
            next_s = max(next_s + 1 / rate_hz, at_s + 0.5 / rate_hz)
            is_read, picture = self.capture.retrieve()
            if is_read:
                yield at_s, picture.astype(np.uint8, copy=False)
        if self.is_live:
            raise EmoOscError(f"{self.name}: gives no more pictures; is it unplugged, or has another program taken it?")

    def _film_clock(self) -> Callable[[], float]:
        step_s = 1 / (self.capture.get(cv2.CAP_PROP_FPS) or _FILM_HZ)
        start_s, count = perf_counter(), 0

        def wait() -> float:
            nonlocal count
            at_s = count * step_s
            count += 1
            sleep(max(0.0, start_s + at_s - perf_counter()))
            return at_s

        return wait


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
        EmoOscError: the file is missing, or is no film.
    """
    if not path.is_file():
        raise EmoOscError(f"{path}: not there; --video wants a film's file")
    capture = cv2.VideoCapture(str(path))
    if not capture.isOpened():
        raise EmoOscError(f"{path}: no film that OpenCV can read; give an .mp4 or .avi")
    return Film(capture, str(path), is_live=False)
