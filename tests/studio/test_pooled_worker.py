"""A studio whose generator refines: its order of work, its pool over evenings, deaths and full disks."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import pytest

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import NEUTRAL, Affect, Reference
from emo_osc.core.score import Melody
from emo_osc.core.targets import Targets
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import (
    Alive,
    ComposeRequest,
    Failed,
    Finish,
    Loaded,
    Measured,
    Ready,
    Recompose,
    SetTargets,
    StudioToStage,
    ToStudio,
)
from emo_osc.studio.aims import Aims
from emo_osc.studio.attributes import targets
from emo_osc.studio.composer import FEWEST_SOURCES
from emo_osc.studio.generators import Composed
from emo_osc.studio.interruption import check_interruption
from emo_osc.studio.pool.latents import Latent
from emo_osc.studio.pool.pool_file import PoolFile
from emo_osc.studio.pool.precompose_planner import GRID
from emo_osc.studio.pool.refining import Refiner
from emo_osc.studio.setup import StudioSetup
from emo_osc.studio.tokens import melody_of
from emo_osc.studio.worker import Studio
from tests.serving import TIMEOUT_S
from tests.studio.sketch import Sketch

pytestmark = pytest.mark.torch
JOY, HERE = Affect(0.8, 0.35), Affect(0.1, -0.2)
PROGRAM = """
import sys
from emo_osc.config import generators
from emo_osc.studio import worker
generators.GENERATORS["sketch"] = "tests.studio.sketch:build"
sys.exit(worker.main())
"""


class Line:
    """The stage's end of a line to a studio."""

    def __init__(self, end: socket.socket) -> None:
        end.settimeout(TIMEOUT_S)
        self.end = end
        self.lines = end.makefile("rb")

    def read(self) -> StudioToStage:
        while isinstance(message := decode(self.lines.readline()), Alive):
            continue
        assert isinstance(message, Loaded | Ready | Failed)
        return message

    def read_ready(self, ticket: int = -1) -> Ready:
        while not (isinstance(message := self.read(), Ready) and message.ticket == ticket):
            continue
        return message

    def send(self, message: ToStudio) -> None:
        self.end.sendall(encode(message))

    def close(self) -> None:
        self.lines.close()
        self.end.close()


Open = Callable[..., Line]


@pytest.fixture
def studio() -> Iterator[Open]:
    """A studio in a thread; it has ended when the test has."""
    opened: list[tuple[Line, Thread]] = []

    def open_studio(
        sketch: Sketch, affects: tuple[Affect, ...], pool: int = 2, file: PoolFile | None = None, seed: int | None = 1
    ) -> Line:
        ours, theirs = socket.socketpair()
        aims = sketch.aim if isinstance(sketch.aim, Aims) else Aims()
        setup = StudioSetup(0, "token", GeneratorSection(pool=pool, seed=seed), affects)
        thread = Thread(target=_serve, args=(Studio(sketch, aims, setup, theirs, file), theirs))
        opened.append((Line(ours), thread))
        thread.start()
        return opened[-1][0]

    yield open_studio
    for line, thread in opened:
        with suppress(OSError):  # some have ended already
            line.send(Finish())
        thread.join(TIMEOUT_S)
        line.close()
        assert not thread.is_alive()


class Tireless(Sketch):
    """Before its `finished` refinement, each goes on until it is interrupted."""

    def __init__(self, finished: int) -> None:
        super().__init__()
        self._finished = finished

    def refine(self, sources: Sequence[Latent], affect: Affect, count: int) -> list[Composed]:
        made = super().refine(sources, affect, count)
        until_s = monotonic() + TIMEOUT_S
        while len(self.refined) < self._finished and monotonic() < until_s:
            check_interruption()
        return made


def _serve(studio: Studio, line: socket.socket) -> None:
    with line, suppress(ConnectionError):
        studio.run()


def test_sources_come_first_then_the_moods_then_the_grid(studio: Open) -> None:
    sketch = Sketch()
    line = studio(sketch, (JOY,), pool=3)
    line.read()
    made = [line.read_ready().affect for _ in range(3 + 2 * len(GRID))]

    assert made[:3] == [JOY] * 3
    assert sorted(map(str, made[3:])) == sorted(map(str, GRID * 2))
    assert len(sketch.drawn) >= FEWEST_SOURCES


def test_another_presets_music_is_aimed_at_from_the_next_order_on(studio: Open) -> None:
    line = studio(Sketch(aim=Aims()), (JOY,))
    line.send(ComposeRequest(HERE, 1))
    before = line.read_ready(1).measured.notes_per_bar
    line.send(SetTargets((Reference(HERE, notes_per_bar=12.0),)))
    line.send(ComposeRequest(HERE, 2))
    after = line.read_ready(2).measured.notes_per_bar
    line.send(SetTargets(()))
    line.send(ComposeRequest(HERE, 3))

    assert before == pytest.approx(float(targets(HERE)[0]), abs=0.1)
    assert after == pytest.approx(12.0, abs=0.1)
    assert line.read_ready(3).measured.notes_per_bar == before


@pytest.mark.parametrize(("density", "notes"), [(0.5, 11.3), (0.0, 8.0), (-0.5, 5.7)])
def test_a_held_density_makes_the_studio_compose_denser_or_sparser(density: float, notes: float, studio: Open) -> None:
    known = (Reference(NEUTRAL, notes_per_bar=8.0),)
    line = studio(Sketch(aim=Aims()), (NEUTRAL,))
    line.send(SetTargets(known, density))
    line.send(ComposeRequest(NEUTRAL, 1))
    answer = line.read_ready(1)
    ahead = line.read_ready()

    asked = Targets(known).notes_per_bar(NEUTRAL, density)
    assert asked == pytest.approx(notes, abs=0.05)
    assert len(answer.melody.notes) / 16 == pytest.approx(asked, rel=0.03)
    assert [answer.asked_notes, ahead.asked_notes] == pytest.approx([asked, asked])
    assert ahead.affect == NEUTRAL


def test_a_wish_makes_its_neighbourhood_warm_before_the_moods(studio: Open) -> None:
    line = studio(Sketch(), (JOY,), pool=3)
    line.send(ComposeRequest(HERE, 1))
    line.read_ready(1)

    assert [line.read_ready().affect for _ in range(4)].count(HERE) >= 2


def test_an_order_is_answered_from_the_pool_and_for_its_very_point(studio: Open) -> None:
    sketch = Sketch()
    line = studio(sketch, (JOY,), pool=1)
    line.read()
    for _ in range(3):
        line.read_ready()
    line.send(ComposeRequest(HERE, 17))
    answer = line.read_ready(17)

    assert (answer.affect, answer.distance < 1.0) == (HERE, True)
    assert answer.seed in sketch.drawn
    assert HERE not in sketch.composed


def test_a_generator_that_fails_to_draw_goes_on_without_sources(studio: Open) -> None:
    class Dry(Sketch):
        def sources(self, seeds: object) -> list[object]:  # type: ignore[override]  # it never answers
            raise RuntimeError("dry")

    sketch = Dry()
    line = studio(sketch, (JOY,), pool=1)
    line.read()
    refused = line.read()
    line.send(ComposeRequest(HERE, 3))

    assert refused == Failed("RuntimeError: dry")
    assert line.read_ready(3).affect == HERE
    assert HERE in sketch.composed


def test_sources_are_kept_for_the_next_evening_and_no_melody_of_this_one_comes_again(
    studio: Open, tmp_path: Path
) -> None:
    file, evenings = PoolFile(tmp_path, "sketch"), []
    for sketch in (first := Sketch(), second := Sketch()):
        line = studio(sketch, (JOY,), pool=4, file=file, seed=None)
        evenings.append([line.read_ready() for _ in range(6)])
        line.send(Finish())
        assert line.lines.read() is not None  # until it has hung up, and written

    assert len(file.load(Refiner(Sketch()).reads).sources) >= FEWEST_SOURCES
    assert not {ready.melody for ready in evenings[0]} & {ready.melody for ready in evenings[1]}
    assert (first.calls[0], second.calls[0]) == ("sources", "refine"), "it was warm at once"


def test_a_pool_that_cannot_be_kept_is_told_once_and_the_music_goes_on(studio: Open, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, where a folder should be")
    line = studio(Sketch(), (JOY,), pool=1, file=PoolFile(tmp_path / "cache", "sketch"), seed=None)
    first = [line.read() for _ in range(3)]
    line.send(Finish())
    last = [decode(text) for text in line.lines.read().splitlines()]

    assert [type(message) for message in first] == [Failed, Loaded, Ready]
    assert sum(isinstance(message, Failed) and "cannot be written" in message.text for message in last) == 1


class Process:
    """A studio process, with the sketch for a generator or another."""

    def __init__(self, cache: Path, seed: int | None = None, name: str = "sketch") -> None:
        checkpoint = cache / "sketch.bin"
        checkpoint.write_bytes(b"weights")
        file = str(checkpoint) if name == "sketch" else None
        section = GeneratorSection(name=name, checkpoint=file, seed=seed, pool=1)
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(TIMEOUT_S)
            setup = StudioSetup(server.getsockname()[1], "token", section, (JOY,), str(cache / "pool"))
            self.process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE)
            assert self.process.stdin is not None
            self.process.stdin.write(setup.to_json().encode())
            self.process.stdin.close()
            end, _ = server.accept()
        self.line = Line(end)
        self.line.lines.readline()

    def end(self, event: signal.Signals) -> int:
        os.kill(self.process.pid, event)
        code = self.process.wait(TIMEOUT_S)
        self.line.close()
        return code


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_a_studio_that_is_ended_keeps_its_pool_and_one_that_is_killed_harms_none(tmp_path: Path) -> None:
    codes, kept = [], []
    for event in (signal.SIGTERM, signal.SIGKILL):
        one = Process(tmp_path)
        for _ in range(4):
            one.line.read_ready()
        codes.append(one.end(event))
        kept.append([path.read_bytes() for path in sorted((tmp_path / "pool").iterdir())])

    assert codes == [0, -signal.SIGKILL]
    assert len(kept[0]) == 1
    assert kept[0] == kept[1]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory in /proc")
@pytest.mark.parametrize(("name", "orders"), [("canned", 2000), ("sketch", 200)])
def test_orders_take_no_memory_and_with_a_seed_no_disk(name: str, orders: int, tmp_path: Path) -> None:
    one, sizes = Process(tmp_path, seed=3, name=name), []
    for ticket in range(100 + orders):
        valence, arousal = (ticket * 0.37) % 2 - 1, (ticket * 0.73) % 2 - 1
        one.line.send(ComposeRequest(Affect(valence, arousal), ticket))
        mine = f'"ticket": {ticket},'.encode()
        while mine not in one.line.lines.readline():
            continue
        if ticket in (99, 99 + orders):
            pages = Path(f"/proc/{one.process.pid}/statm").read_text().split()[1]
            sizes.append(int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20)
    one.end(signal.SIGTERM)

    sys.stdout.write(f"studio {name}: {sizes[0]:.1f} MiB after 100 orders, {sizes[1]:.1f} MiB after {orders} more\n")
    assert sizes[1] - sizes[0] < 4.0
    assert not (tmp_path / "pool").exists()


def test_a_request_interrupts_what_nobody_waits_for(studio: Open) -> None:
    sketch = Tireless(finished=2)
    line = studio(sketch, (JOY,))
    wait_for_call(sketch, "refine")
    line.send(ComposeRequest(HERE, 7))

    assert line.read_ready(7).affect == HERE
    while line.read_ready().affect != JOY:  # what was interrupted is made later
        continue


def wait_for_call(sketch: Sketch, name: str) -> None:
    until_s = monotonic() + TIMEOUT_S
    while name not in sketch.calls and monotonic() < until_s:
        Event().wait(0.005)
    assert name in sketch.calls


class Continuing(Sketch):
    """A sketch that can go on from what sounds: a step lower, in time for the step that was asked for."""

    can_recompose = True

    def recompose(self, melody: Melody, step: int, affect: Affect, sources: Sequence[Latent], seed: int) -> Composed:
        return Composed(melody.transposed(-2), Measured(float(step), 60.0, 0.5), 0.5, seed)


def test_what_sounds_is_continued_before_the_pools_with_the_orders_ticket(studio: Open) -> None:
    line = studio(Continuing(), (Affect(0.8, 0.35),), pool=40)
    loaded = line.read()
    melody = melody_of([41, 0, 0, 0] * 64)
    line.send(Recompose(melody, 100, Affect(0.1, 0.2), 17))
    answer = line.read_ready(ticket=17)

    assert isinstance(loaded, Loaded)
    assert loaded.recomposes
    assert (answer.melody, answer.affect) == (melody.transposed(-2), Affect(0.1, 0.2))
    assert answer.measured.notes_per_bar == 100.0
