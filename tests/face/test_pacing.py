"""When pictures are looked at: films at their own speed on a slow machine, cameras without a queue."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Event, Semaphore, Thread
from time import perf_counter

import cv2
import numpy as np
import pytest

from emo_osc.face import pacing
from emo_osc.face.drawn import Picture
from emo_osc.face.pacing import Camera, newest, played

DEADLINE_S = 20.0


@dataclass
class Clock:
    """A time that passes only as somebody works or waits."""

    now_s: float = 100.0

    def __call__(self) -> float:
        return self.now_s

    def pass_by(self, seconds: float) -> None:
        self.now_s += seconds


@dataclass
class FakeFilm:
    """A film whose pictures take some time to decode; one picture says its number."""

    clock: Clock
    fps: float
    count: int
    decode_s: float = 0.0
    times_s: list[float] = field(default_factory=list)
    place: int = -1
    winds: int = 0

    def grab(self) -> bool:
        self.place += 1
        self.clock.pass_by(self.decode_s)
        return self.place < self.count

    def retrieve(self) -> tuple[bool, Picture]:
        return True, np.full((1, 1, 3), self.place % 256, np.uint8)

    def get(self, propId: int) -> float:  # noqa: N803
        if propId == cv2.CAP_PROP_FPS:
            return self.fps
        return 1000 * (self.times_s[self.place] if self.times_s else self.place / self.fps)

    def set(self, propId: int, value: float) -> bool:  # noqa: N803
        assert propId == cv2.CAP_PROP_POS_MSEC
        self.place = max(self.place, round(value / 1000 * self.fps) - 1)
        self.winds += 1
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pacing, "perf_counter", clock)
    monkeypatch.setattr(pacing, "sleep", clock.pass_by)
    return clock


def looked(film: FakeFilm, rate_hz: float, look_s: Callable[[int], float]) -> list[tuple[float, float]]:
    """For every look the picture's time, and when it was looked at, after the film's start."""
    began_s = film.clock() + film.decode_s
    seen = []
    for look, (at_s, _) in enumerate(played(film, rate_hz)):
        seen.append((at_s, film.clock() - began_s))
        film.clock.pass_by(look_s(look))
    return seen


@pytest.mark.parametrize("fps", [24.0, 25.0, 30.0, 60.0])
@pytest.mark.parametrize("look_s", [0.0, 0.03, 0.25, 0.7])
def test_a_film_keeps_its_own_speed_however_long_a_look_takes(clock: Clock, fps: float, look_s: float) -> None:
    film = FakeFilm(clock, fps, count=round(6 * fps), decode_s=0.002)

    seen = looked(film, 10.0, lambda _: look_s)

    assert max(abs(when_s - at_s) for at_s, when_s in seen) <= 0.06
    assert clock() - 100.0 <= 6.0 + look_s + 0.1
    assert len(seen) >= 6 / max(0.1, look_s + 0.1) - 2


def test_after_one_long_look_pictures_are_left_out_and_the_film_is_in_time_again(clock: Clock) -> None:
    seen = looked(FakeFilm(clock, 25.0, count=100), 10.0, lambda look: 1.5 if look == 4 else 0.0)

    assert all(when_s - at_s <= 0.06 for at_s, when_s in seen)
    assert max(later - before for (before, _), (later, _) in pairwise(seen)) >= 1.4


def test_a_film_that_cannot_be_decoded_in_time_is_wound_on_and_still_looked_at(clock: Clock) -> None:
    film = FakeFilm(clock, 60.0, count=1200, decode_s=0.02)

    seen = looked(film, 10.0, lambda _: 0.0)

    assert film.winds >= 1
    assert clock() - 100.0 < 1200 * 0.02 - 1.0
    assert max(later - before for (_, before), (_, later) in pairwise(seen)) <= 0.6


def test_a_telephones_film_is_shown_by_the_times_of_its_pictures(clock: Clock) -> None:
    times_s = [0.0, 0.1, 0.2, 0.9, 1.0, 2.0]

    seen = looked(FakeFilm(clock, 30.0, count=6, times_s=times_s), 60.0, lambda _: 0.0)

    assert [at_s for at_s, _ in seen] == pytest.approx(times_s)
    assert [when_s for _, when_s in seen] == pytest.approx(times_s)


def test_a_film_without_times_is_shown_by_its_rate(clock: Clock) -> None:
    seen = looked(FakeFilm(clock, 10.0, count=5, times_s=[0.0] * 5), 60.0, lambda _: 0.0)

    assert [at_s for at_s, _ in seen] == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])


@dataclass
class FakeCamera:
    """A camera whose driver queues pictures: it gives one for every `ready`, and says when none waits any more."""

    ready: Semaphore = field(default_factory=lambda: Semaphore(0))
    taken: int = 0
    last: int = 10_000
    is_drained: Event = field(default_factory=Event)
    awaited: int = 11

    def grab(self) -> bool:
        if self.taken >= self.awaited:
            self.is_drained.set()
        self.ready.acquire(timeout=0.02 if self.is_drained.is_set() else DEADLINE_S)
        self.taken += 1
        return self.taken <= self.last

    def retrieve(self) -> tuple[bool, Picture]:
        return True, np.full((1, 1, 3), self.taken, np.uint8)

    def get(self, propId: int) -> float:  # noqa: N803
        return 0.0

    def set(self, propId: int, value: float) -> bool:  # noqa: N803
        return False


def test_after_a_slow_look_the_next_picture_is_no_older_than_it() -> None:
    camera = FakeCamera()
    pictures = newest(camera, rate_hz=1000.0)
    camera.ready.release()
    assert next(pictures)[1][0, 0, 0] == 1

    camera.ready.release(10)  # while the first is looked at
    assert camera.is_drained.wait(DEADLINE_S)
    asked_s = perf_counter()
    at_s, picture = next(pictures)

    assert picture[0, 0, 0] > 11
    assert at_s > asked_s
    pictures.close()  # type: ignore[attr-defined]  # a generator


def test_a_camera_that_gives_no_more_ends() -> None:
    camera = FakeCamera(last=3, awaited=0)

    assert len(list(newest(camera, rate_hz=1000.0))) <= 3


def test_a_camera_is_looked_at_no_more_often_than_asked_for() -> None:
    camera = FakeCamera(awaited=0, last=40)  # fifty pictures a second

    times_s = [at_s for at_s, _ in newest(camera, rate_hz=5.0)]

    assert len(times_s) <= 6
    assert all(later - before >= 0.1 for before, later in pairwise(times_s))


def ended(look: Callable[[], object]) -> bool:
    """Whether a look at pictures comes to its end."""
    thread = Thread(target=look, daemon=True)
    thread.start()
    thread.join(DEADLINE_S / 2)
    return not thread.is_alive()


@dataclass
class FailingCamera(FakeCamera):
    """A camera that OpenCV fails on after a few pictures, as it takes the next or as it decodes it."""

    fails_in: str = "grab"
    awaited: int = 0

    def grab(self) -> bool:
        is_taken = super().grab()
        self._fail_in("grab")
        return is_taken

    def retrieve(self) -> tuple[bool, Picture]:
        self._fail_in("retrieve")
        return super().retrieve()

    def _fail_in(self, name: str) -> None:
        if self.taken > 3 and name == self.fails_in:
            raise cv2.error("unplugged")


@pytest.mark.parametrize("fails_in", ["grab", "retrieve"])
@pytest.mark.filterwarnings("error")
def test_a_camera_that_opencv_fails_on_gives_no_more(fails_in: str) -> None:
    assert ended(lambda: list(newest(FailingCamera(fails_in=fails_in), rate_hz=1000.0)))


@dataclass
class BlankCamera(FakeCamera):
    """A camera whose every second picture is none, though OpenCV says that it is one."""

    awaited: int = 0
    last: int = 6

    def retrieve(self) -> tuple[bool, Picture]:
        return (True, super().retrieve()[1] if self.taken % 2 else None)  # type: ignore[return-value]  # as OpenCV does


def test_a_picture_that_is_none_is_left_out() -> None:
    seen: list[int] = []
    look = newest(BlankCamera(), rate_hz=1000.0)

    assert ended(lambda: seen.extend(int(picture[0, 0, 0]) for _, picture in look))
    assert seen
    assert all(number % 2 for number in seen)


def test_a_camera_that_has_ended_says_so_each_time_it_is_asked() -> None:
    camera = Camera(FakeCamera(awaited=0, last=0))

    assert ended(lambda: [camera.next(0.0) for _ in range(3)])
    camera.close()
