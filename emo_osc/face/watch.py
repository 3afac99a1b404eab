"""`emo-osc face`: classifies faces and sends the affect by OSC."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pythonosc.udp_client import SimpleUDPClient

from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.face.estimate import CAREFUL_VIEWS, Estimator
from emo_osc.face.feeling import affect_of, strongest
from emo_osc.face.follower import Follower, mean_of
from emo_osc.face.haar import HaarFinder
from emo_osc.face.look import Find, Look, Looker
from emo_osc.face.sources import Film, load_picture, open_camera, open_video
from emo_osc.face.vgg16 import SIZE
from emo_osc.face.window import show, window_fault
from emo_osc.face.yunet import YuNetFinder

PRIVACY = "Pictures stay in this process: none is stored, none is sent; only two numbers leave it, to {host}:{port}."
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Watch:
    """Options: one of `images`, `video`, `camera`; `rate_hz` pictures per second; where to send."""

    images: Sequence[Path] = ()
    video: Path | None = None
    camera: int = 0
    host: str = "127.0.0.1"
    port: int = 7770
    rate_hz: float = 10.0
    is_headless: bool = False
    faces: str = "largest"
    yunet: Path | None = None
    model: str = "face"


class Wire:
    """The OSC client of the instrument.

    Raises:
        EmoOscError: the host is unknown.
    """

    def __init__(self, host: str, port: int) -> None:
        self._to = f"{host}:{port}"
        try:
            self._client = SimpleUDPClient(host, port)
        except OSError as error:
            raise EmoOscError(f"{self._to}: cannot be reached ({error}); give --host a name or an address") from None

    def tell(self, affect: Affect) -> None:
        """Sends `/emo/va`.

        Raises:
            EmoOscError: the network refuses it.
        """
        try:
            self._client.send_message("/emo/va", [affect.valence, affect.arousal])
        except OSError as error:
            raise EmoOscError(f"{self._to}: cannot be reached ({error}); see to the network, or --host") from None

    def close(self) -> None:
        """Close the socket."""
        self._client.close()


def watch(order: Watch, say: Say) -> None:
    """Process pictures until they end; a camera never ends.

    Raises:
        EmoOscError: what to look at, the checkpoint, the detector or the network is not there.
    """
    with closing(Wire(order.host, order.port)) as wire:
        if order.images:
            _watch_images(order, wire, say)
        else:
            _watch_film(order, wire, say)


def _watch_images(order: Watch, wire: Wire, say: Say) -> None:
    """Every picture by itself: neither smoothed nor doubted."""
    for path in order.images:  # a wrong one is told before any is; read again below, for many would fill the memory
        load_picture(path)
    find, estimator = _still_finder(order), Estimator.of_checkpoint(order.model, CAREFUL_VIEWS)
    say(PRIVACY.format(host=order.host, port=order.port))
    count = 0
    for path in order.images:
        look = Looker(find, estimator, order.faces).look(load_picture(path))
        affect = mean_of([affect_of(face) for face in look.faces]) if look.faces else None
        say(f"{path}: {told(look, affect)}")
        if affect:
            wire.tell(affect)
            count += 1
    if not count:
        raise EmoOscError(f"{order.images[0]}: no face found; give a picture with an upright face, seen from the front")


def _watch_film(order: Watch, wire: Wire, say: Say) -> None:
    estimator = Estimator.of_checkpoint(order.model, is_repeatable=False)
    # The first call is slow; a film would lose its beginning.
    estimator.probabilities(np.zeros((1, SIZE, SIZE), np.uint8))
    looker = Looker(_film_finder(order), estimator, order.faces)
    film = open_video(order.video) if order.video else open_camera(order.camera)
    say(PRIVACY.format(host=order.host, port=order.port))
    fault = "" if order.is_headless else window_fault()
    if fault:
        say(f"No preview: {fault}.")
    is_shown = not order.is_headless and not fault
    _follow(film, order.rate_hz, looker, wire, Teller(say), is_shown)


def _follow(film: Film, rate_hz: float, looker: Looker, wire: Wire, teller: "Teller", is_shown: bool) -> None:
    follower = Follower()
    for at_s, picture in film.due(rate_hz):
        look = looker.look(picture)
        affect = follower.follow(look.faces if look.is_new else [], at_s)
        if affect:
            wire.tell(affect)
        teller.tell(look, affect)
        if is_shown and not show(picture, look, told(look, affect)):
            return


class Teller:
    """Says what is seen when it changes, not at every look."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._last: list[str] | None = None

    def tell(self, look: Look, affect: Affect | None) -> None:
        """Says it if other expressions are seen than before."""
        names = [strongest(face)[0] for face in look.faces]
        if names != self._last:
            self._last = names
            self._say(told(look, affect))


def told(look: Look, affect: Affect | None) -> str:
    """What is seen and what is sent, in a line."""
    return f"{look} -> valence {affect.valence:+.2f} arousal {affect.arousal:+.2f}" if affect else str(look)


def _film_finder(order: Watch) -> Find:
    if order.yunet:
        return _yunet(order.yunet)
    haar = HaarFinder()
    return lambda _, grey: haar.find(grey)


def _still_finder(order: Watch) -> Find:
    if order.yunet:
        return _yunet(order.yunet)
    haar = HaarFinder()
    return lambda _, grey: haar.find_in_still(grey)


def _yunet(path: Path) -> Find:
    net = YuNetFinder(path)
    return lambda picture, _: net.find(picture)
