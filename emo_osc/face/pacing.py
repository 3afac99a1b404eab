"""When pictures are looked at: the newest of a camera, a film at its own speed. Pictures are dropped, never queued."""

from collections.abc import Iterator
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any, Protocol

import cv2
import numpy as np

from emo_osc.face.drawn import Picture

_FILM_HZ, _SLOWEST_HZ, _FASTEST_HZ = 25.0, 1.0, 1000.0  # of a film that does not say, or says nonsense
_LATE_S = 1.0  # a film that is later than this is wound on: its pictures cannot be decoded as fast as they are due
_LEAST_HZ = 2.0  # looks a second, however late the pictures are
_CLOSE_S = 2.0  # longest wait for a camera's last picture
_WAIT_S = 0.2  # one wait for a picture: on Windows Ctrl-C does not end a wait without a limit

Timed = tuple[float, Picture]
"""A picture and its time in seconds."""


class Capture(Protocol):
    """What OpenCV reads pictures from, `cv2.VideoCapture`."""

    def grab(self) -> bool:
        """Take the next picture; False where there is none."""

    def retrieve(self) -> tuple[bool, Any]:
        """The picture taken last, in colour."""

    def get(self, propId: int) -> float:  # noqa: N803  # OpenCV's name
        """A property's value."""

    def set(self, propId: int, value: float) -> bool:  # noqa: N803
        """Set a property."""


class Camera:
    """Takes every picture that a camera gives, so that none waits in the driver's queue while another is looked at.

    The thread that reads holds the capture, so OpenCV frees it only after that thread has ended.
    """

    def __init__(self, capture: Capture) -> None:
        self._capture, self._from_s = capture, float("inf")
        self._pictures: SimpleQueue[Timed | None] = SimpleQueue()
        self._is_closed = Event()
        self._thread = Thread(target=self._read, name="camera", daemon=True)

    def next(self, from_s: float) -> Timed | None:
        """The first picture taken from now on, and not before a time; None where the camera gives no more, or fails."""
        self._from_s = from_s
        if self._thread.ident is None:
            self._thread.start()
        while True:
            try:
                return self._pictures.get(timeout=_WAIT_S)
            except Empty:
                if not self._thread.is_alive():
                    return None

    def close(self) -> None:
        """Stop reading."""
        self._is_closed.set()
        if self._thread.ident is not None:
            self._thread.join(_CLOSE_S)

    def _read(self) -> None:
        try:
            self._read_all()
        except cv2.error:  # a camera that fails gives no more
            pass
        finally:
            self._pictures.put(None)

    def _read_all(self) -> None:
        while not self._is_closed.is_set() and self._capture.grab():
            if (at_s := perf_counter()) < self._from_s:
                continue
            if (picture := _retrieved(self._capture)) is not None:
                self._from_s = float("inf")  # before it is handed over: then the next may be asked for
                self._pictures.put((at_s, picture))


def newest(capture: Capture, rate_hz: float) -> Iterator[Timed]:
    """The newest pictures of a camera, at most `rate_hz` a second, until it gives no more."""
    camera, next_s = Camera(capture), 0.0
    try:
        while (timed := camera.next(next_s)) is not None:
            next_s = max(next_s + 1 / rate_hz, timed[0] + 0.5 / rate_hz)
            yield timed
    finally:
        camera.close()


def played(capture: Capture, rate_hz: float) -> Iterator[Timed]:
    """The pictures of a film at its own speed, at most `rate_hz` a second; those that come too late are left out.

    Theory of operation. A picture is due at its own time after the film's start. One that is half a look late, or after
    the next picture is due, is left out. A film that cannot even be decoded in time is wound on to where it should be;
    as winding may itself be slow, each time has to be twice as late as the last. However late, there are two looks a
    second.
    """
    step_s = 1 / _told_hz(capture)
    slack_s, limit_s = max(step_s, 0.5 / rate_hz), _LATE_S
    start_s = looked_s = 0.0
    next_s, at_s = 0.0, -step_s
    while capture.grab():
        at_s = _time_of(capture, at_s, step_s)
        if not start_s:
            looked_s = perf_counter()
            start_s = looked_s - at_s
        if at_s < next_s:
            continue
        late_s = perf_counter() - start_s - at_s
        if late_s > slack_s and perf_counter() - looked_s < 1 / _LEAST_HZ:
            if late_s > limit_s:
                limit_s = 2 * late_s
                capture.set(cv2.CAP_PROP_POS_MSEC, 1000 * (at_s + late_s))
            continue
        sleep(max(0.0, -late_s))
        next_s = max(next_s + 1 / rate_hz, at_s + 0.5 / rate_hz)
        if (picture := _retrieved(capture)) is not None:
            yield at_s, picture
        looked_s = perf_counter()


def _retrieved(capture: Capture) -> Picture | None:
    """The picture grabbed last; None where it cannot be decoded."""
    is_read, picture = capture.retrieve()
    return picture.astype(np.uint8, copy=False) if is_read and picture is not None else None


def _told_hz(capture: Capture) -> float:
    told_hz = capture.get(cv2.CAP_PROP_FPS)
    return told_hz if _SLOWEST_HZ <= told_hz <= _FASTEST_HZ else _FILM_HZ


def _time_of(capture: Capture, before_s: float, step_s: float) -> float:
    """The time of the picture just grabbed: its own where the film says one, else a step after the one before."""
    told_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
    return told_s if told_s > before_s else before_s + step_s
