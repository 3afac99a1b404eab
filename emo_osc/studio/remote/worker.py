"""The studio process where a studio for many stages composes: orders go there, and the stage never waits for a network.

While the farm is away the stage is told so once, and it is tried again with a growing back-off; with
`generator: {fallback: local}` a local generator composes after `FALLBACK_S` until the farm is back.
"""

import select
import socket
from contextlib import suppress
from dataclasses import replace
from random import Random
from threading import Event, Thread
from time import monotonic

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import NEUTRAL
from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.child_setup import USERS_FAULT
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import Away, ComposeRequest, Failed, Recompose
from emo_osc.studio.aims import Aims
from emo_osc.studio.composer import Composer
from emo_osc.studio.generators import build
from emo_osc.studio.interruption import InterruptionError, interruptible
from emo_osc.studio.pool.maker_key import maker_of
from emo_osc.studio.pool.pool import Pool
from emo_osc.studio.remote.farm_client import AwayError, FarmClient, FullError
from emo_osc.studio.remote.farm_generator import FarmGenerator
from emo_osc.studio.remote.token_file import token_of
from emo_osc.studio.setup import StudioSetup
from emo_osc.studio.worker import UNREQUESTED, Request, Studio

FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S, LONGEST_FULL_S = 0.5, 20.0, 10.0
JITTER, FULL_JITTER = (0.8, 1.2), (1.0, 2.0)  # of those: what many stages find full they try again apart
FALLBACK_S = 10.0  # without the farm before a local studio starts
LOOK_S = 5.0  # how often a farm is looked for while a local studio composes


class FarmStudio(Studio):
    """A studio whose generator is a farm, or for a while a local one."""

    def __init__(
        self, farm: FarmGenerator, aims: Aims, setup: StudioSetup, connection: socket.socket, fallback_s: float
    ) -> None:
        """After `fallback_s` without the farm a local generator composes, where the set-up has `fallback: local`."""
        super().__init__(farm, aims, setup, connection)
        self._farm, self._far_composer = farm, self._composer
        self._away = ""
        self._kept: ComposeRequest | None = None
        self._full_s = 0.0
        self._has_fallback, self._fallback_s = setup.generator.fallback == "local", fallback_s
        self._rests_until_s = 0.0
        self._jitter = Random()

    def run(self) -> None:
        """Serve until the stage closes the connection, from wherever there is somebody to compose."""
        Thread(target=self._send_alive, daemon=True).start()
        try:
            while not self._is_ending:
                if self._find_farm():
                    self._compose_with(self._farm, self._far_composer)
                    self._back()
                elif not self._is_ending:
                    self._stand_in()
        finally:
            self._farm.close()

    def _find_farm(self) -> bool:
        """Try until the farm composes; False where the stage has ended, or a local studio is to compose."""
        back_off_s, until_s = 0.0, monotonic() + self._fallback_s
        while not self._is_ending:
            self._wait(max(back_off_s, self._full_s), until_s)
            if self._try_farm():
                return True
            if self._has_fallback and monotonic() >= until_s:
                return False
            longest_s = LONGEST_FULL_S if self._full_s else LONGEST_BACK_OFF_S
            back_off_s = min(longest_s, max(FIRST_BACK_OFF_S, 2 * max(back_off_s, self._full_s)))
        return False

    def _wait(self, wait_s: float, until_s: float) -> None:
        """Read for a while, but no longer than a local studio is to wait."""
        wait_s *= self._jitter.uniform(*(FULL_JITTER if self._full_s else JITTER))
        self._read_for(min(wait_s, max(0.1, until_s - monotonic())) if self._has_fallback else wait_s)

    def _try_farm(self) -> bool:
        """Whether it composes what it could not before, which the stage gets at once, or else at least answers."""
        self._farm.is_awaited = True
        try:
            if not self._full_s:
                self._farm.reach()
            if self._kept is not None:
                super()._serve(self._kept)
        except (AwayError, EmoOscError) as error:
            self._fail(error)
        else:
            return True
        return False

    def _fail(self, error: Exception) -> None:
        """Leave the farm until it is tried again."""
        self._full_s = error.retry_s if isinstance(error, FullError) else 0.0
        self._leave(f"{error}; trying again")

    def _leave(self, text: str) -> None:
        """Tell the stage why nobody composes, where that is news; it asks again once somebody does."""
        self._requests.clear()
        self._long.clear()
        if text != self._away:
            self._away = text
            self._send(Away(text))

    def _back(self) -> None:
        """Serve from the farm until it is away or the stage has ended."""
        self._requests.clear()  # the stage asks again for what it still wants
        self._away, self._kept, self._full_s = "", None, 0.0
        self._send(self._loaded)
        while not self._is_ending and not self._away:
            self._read_requests()
            if self._requests:
                self._serve(self._requests.popleft())
            elif not self._is_ending and not self._planner.is_empty:
                self._work()

    def _serve(self, request: Request) -> None:
        self._farm.is_awaited = True
        try:
            super()._serve(request)
        except AwayError as error:
            is_melody = isinstance(request, ComposeRequest | Recompose)
            self._kept = ComposeRequest(request.affect, request.ticket if is_melody else UNREQUESTED)
            self._fail(error)

    def _work(self) -> None:
        """As for a local studio, but every time interruptible: a farm may take seconds for what nobody waits for."""
        with suppress(InterruptionError), interruptible(self._has_come):
            self._do_work()

    def _do_work(self) -> None:
        self._farm.is_awaited = False
        try:
            super()._do_work()
        except FullError as error:  # others wait there for what they have asked for
            self._rests_until_s = monotonic() + max(1.0, error.retry_s) * self._jitter.uniform(1.0, 3.0)
        except AwayError as error:
            self._kept = ComposeRequest(NEUTRAL, UNREQUESTED)
            self._fail(error)

    def _pause_s(self) -> float:
        return max(super()._pause_s(), self._rests_until_s - monotonic())

    def _stand_in(self) -> None:
        """Compose here until the farm is back or the stage has ended."""
        self._kept, self._full_s = None, 0.0  # the farm is tried again with an order of its own
        try:
            local = build(self._setup.generator, self._aims)
        except EmoOscError as error:
            self._has_fallback = False
            self._send(Failed(f"no local studio in the place of the farm: {error}"))
            return
        self._compose_with(local, Composer(local, self._setup.generator.seed, Pool(aim=self._aims)))
        place = f"{local.device}, until {self._setup.generator.studio} is back"
        self._send(replace(self._loaded, device=place))
        is_over, is_back = Event(), Event()
        Thread(target=self._look_for_farm, args=(is_over, is_back), daemon=True).start()
        try:
            while not self._is_ending and not is_back.is_set():
                self._read_requests()
                if self._requests:
                    Studio._serve(self, self._requests.popleft())
                elif self._long:
                    self._go_on()
                elif not self._is_ending and not self._planner.is_empty:
                    Studio._work(self)
        finally:
            is_over.set()
        if is_back.is_set():
            self._leave("the farm is back")

    def _look_for_farm(self, is_over: Event, is_back: Event) -> None:
        while not is_over.wait(LOOK_S):
            with suppress(AwayError, EmoOscError):
                self._farm.reach()
                self._farm.compose(NEUTRAL, 1, 0)
                is_back.set()
                return

    def _read_for(self, wait_s: float) -> None:
        """Read what the stage sends for a while."""
        until_s = monotonic() + wait_s
        while not self._is_ending and (left_s := until_s - monotonic()) > 0:
            if select.select([self._connection], [], [], left_s)[0]:
                self._receive()


def serve(setup: StudioSetup, connection: socket.socket) -> int:
    """Serve the stage from the farm of its set-up; the exit code."""
    section, aims = setup.generator, setup.aims
    try:
        farm = _farm_of(section, aims)
    except EmoOscError as error:
        connection.sendall(encode(Failed(str(error))))
        return USERS_FAULT
    FarmStudio(farm, aims, setup, connection, FALLBACK_S).run()
    return 0


def _farm_of(section: GeneratorSection, aims: Aims) -> FarmGenerator:
    client = FarmClient(section.studio or "", token_of(section.token_file))
    maker = maker_of(section) if section.checkpoint else ""
    return FarmGenerator(client, aims, section.name, is_seeded=section.seed is not None, maker=maker)
