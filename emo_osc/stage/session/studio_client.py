"""The studio client: requests to the studio, and what is known of its state. Knows no socket."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from math import inf, isfinite

from emo_osc.core.affect import Affect, Reference
from emo_osc.core.score import Melody
from emo_osc.protocol.message_codec import decode
from emo_osc.protocol.messages import (
    Alive,
    Away,
    ComposeBar,
    ComposeRequest,
    Failed,
    Learn,
    Loaded,
    Ready,
    Recompose,
    SetTargets,
    StudioToStage,
    ToStudio,
    Vary,
)
from emo_osc.stage.player.cue import Cue, Sounding

PATIENCE_S = 5.0  # an answer that takes longer is called late; the shelf plays on
SPACING_S = 0.25  # between accompaniments, of which the older is given up
SILENT_S = 3.0  # so is a studio that has missed three of its signs of life
STOPPED_S = 5.0  # after this silence it is started again: with a second or two to load it is back within 10 s
WEDGED_S = 60.0  # alive, and yet no answer to an order: no composition on any machine takes this long
LOADING_S = 60.0  # to come and load a model from a slow disk; doubled each time, for a disk may be slower yet
ASLEEP_S = 2.0  # nobody asked us for so long: the stage itself was stopped, and the silence is not the studio's
MAX_TEXT = 200
MAX_NOTES, MAX_LATENT = 1024, 1 << 16  # 16 bars of 64ths; more than any generator's latent takes as text


class StudioState(Enum):
    """Where the studio is in its life."""

    ABSENT = "absent"
    LOADING = "loading"
    READY = "ready"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class _Order:
    message: ComposeRequest | Vary | Recompose | ComposeBar
    sent_s: float


class _Lane(Enum):
    """Orders that wait for one another."""

    BAR = "bar"
    MELODY = "melody"
    ACCOMPANIMENT = "accompaniment"


class StudioClient:
    """One order at a time, always for the latest affect: a dragged pad must not leave a queue behind it.

    A variation goes before a melody; targets and what is to be learned go before both, and again to a studio that is
    new. Targets wait for the answer to an order, so a fader that is dragged is told as often as the studio can follow.

    Only an accompaniment, which takes seconds, keeps no other order back: the studio serves those first. Nor does a
    melody for the shelf keep a bar back. A new accompaniment takes the place of one that was asked for before, a few a
    second at most.
    """

    def __init__(self) -> None:
        self.state = StudioState.ABSENT
        self.generator = ""
        self.failure = ""
        """Lines that were no message, ever."""
        self._wanted: Affect | None = None
        self._varied: Vary | None = None
        self._accompanied: Vary | None = None
        self._bar: ComposeBar | None = None
        self.goes_on = False
        """Whether the studio can compose bar by bar."""
        self._recomposes = False
        self.learned: Melody | None = None
        """The melody that the studio composes around."""
        self._is_learned, self._has_learned = True, False
        self._first: SetTargets | None = None
        self._targets = self._told = SetTargets(())
        self._asked_ticket = 0
        self._entry: Cue | None = None
        self._orders: dict[_Lane, _Order] = {}
        self._answered: _Order | None = None
        self._is_answered, self._answered_s = False, -inf
        self.made_while_away: Affect | None = None
        """The affect of the order that a studio has done since it was away."""
        self._tickets = 0
        self._is_heard = True
        self._heard_s = self._asked_s = -inf
        self._loading_patience_s = LOADING_S

    @property
    def is_down(self) -> bool:
        """Whether nobody composes now."""
        return self.state in (StudioState.ABSENT, StudioState.LATE)

    @property
    def is_ready(self) -> bool:
        """Whether orders are taken now."""
        return self.state is StudioState.READY

    @property
    def summary(self) -> str:
        """One line for a performer: `ready music_vae on cpu`, `absent: no checkpoint`."""
        words = f"{self.state.value} {self.generator}".strip()
        return f"{words}: {self.failure}" if self.failure else words

    @property
    def recomposes(self) -> bool:
        """Whether the studio can continue what sounds: not around a learned melody."""
        return self._recomposes and self.learned is None

    def want(self, affect: Affect) -> None:
        """Ask for a melody of an affect; an older wish that was not sent yet is forgotten."""
        self._wanted = affect

    def vary(self, phrase: Ready, affect: Affect, amount: float) -> int | None:
        """Ask for a variation of a phrase, or with an amount of 0 for an accompaniment alone.

        The ticket it will come with, None where nobody is there to make one.
        """
        if self.state is not StudioState.READY:
            return None
        self._tickets += 1
        order = Vary(phrase.melody, phrase.latent, affect, amount, self._tickets)
        if _lane_of(order) is _Lane.ACCOMPANIMENT:
            self._accompanied = order
        else:
            self._varied = order
        return self._tickets

    def go_on(self, bar: int, affect: Affect, tempo_bpm: float) -> None:
        """Ask for a bar of the piece that goes on; an older wish that was not sent yet is forgotten."""
        self._tickets += 1
        self._bar = ComposeBar(affect, bar, tempo_bpm, self._tickets)

    def learn(self, melody: Melody | None) -> None:
        """Let the studio compose around a melody from now on, or freely again."""
        self.learned, self._is_learned = melody, False

    def set_targets(self, references: tuple[Reference, ...], density: float) -> None:
        """Let these bend what the studio aims at; the first are those that the supervisor starts every studio with."""
        self._targets = SetTargets(references, density)
        if self._first is None:
            self._first = self._told = self._targets

    def connected(self) -> None:
        """The studio has come and is loading its model."""
        self.state, self._orders, self._is_heard = StudioState.LOADING, {}, True
        self._forget_told()

    def lost(self) -> None:
        """The studio has gone; what it was asked for is asked again when it is back."""
        lost = self._orders.get(_Lane.MELODY) or self._orders.get(_Lane.BAR)
        if lost is not None and self._wanted is None:
            self._wanted = lost.message.affect
        self._entry, self._recomposes, self.made_while_away = None, False, None
        self.state, self._orders, self._is_heard = StudioState.ABSENT, {}, True
        self._varied = self._accompanied = self._bar = None
        self.goes_on = False

    def _forget_told(self) -> None:
        """Tell the next studio what to learn, and the targets where they are not those of the set-up."""
        self._is_learned, self._has_learned = self.learned is None, False
        self._told = self._first or self._told

    def complaint(self, now_s: float) -> str:
        """Why the studio should be ended and started again, empty while it need not be; to be asked every second."""
        if self._is_heard or now_s - self._asked_s > ASLEEP_S:
            self._heard_s, self._is_heard = now_s, False
        self._asked_s, silent_s = now_s, now_s - self._heard_s
        if self.state in (StudioState.ABSENT, StudioState.LOADING):
            return self._complaint_about_loading(silent_s)
        if self._is_answered:
            self._answered_s, self._is_answered = now_s, False
        if silent_s > SILENT_S:
            self.state = StudioState.LATE
        elif not self._awaited:
            self.state = StudioState.READY
        if silent_s > STOPPED_S:
            self._is_heard = True
            return f"no sign of life for {STOPPED_S:g} s"
        if any(now_s - max(order.sent_s, self._answered_s) > WEDGED_S for order in self._orders.values()):
            self._orders = {}
            return f"no answer for {WEDGED_S:g} s"
        return ""

    def due(self, now_s: float, sounding: Callable[[], Sounding | None] = lambda: None) -> ToStudio | None:
        """The message to send now, if any: a melody is to continue what sounds now, where anything is given."""
        if any(now_s - order.sent_s > PATIENCE_S for order in self._awaited):
            self.state = StudioState.LATE
        if self.state is not StudioState.READY:
            return None
        if self._told != self._targets and not self._orders.keys() - {_Lane.ACCOMPANIMENT}:
            self._told = self._targets
            return self._targets
        if not self._is_learned:
            self._is_learned, self._has_learned = True, self._has_learned or self.learned is not None
            return Learn(self.learned)
        message = self._next_bar() or self._next_variation() or self._next_want(sounding)
        message = message or self._next_accompaniment(now_s)
        if message is not None:
            self._orders[_lane_of(message)] = _Order(message, now_s)
        return message

    def receive(self, line: bytes) -> StudioToStage:
        """Read one line of the studio's.

        Raises:
            ValueError: it is no message for the stage; it was counted.
        """
        message = decode(line)
        if not isinstance(message, StudioToStage):
            raise ValueError(f"{type(message).__name__} is no message for the stage")
        if isinstance(message, Ready):
            check_ready(message)
        self._note(message)
        return message

    def take_answered(self) -> float | None:
        """When the order was sent that has been answered since this was last asked; None where none was."""
        answered, self._answered = self._answered, None
        return answered.sent_s if answered else None

    def is_asked(self, ready: Ready) -> bool:
        """Whether a melody answers the latest order for one."""
        return ready.ticket == self._asked_ticket and self._asked_ticket > 0

    def entry_of(self, ready: Ready) -> Cue | None:
        """The cue until which what sounds was to be continued by a melody; None where it was not asked to."""
        return self._entry if self.is_asked(ready) else None

    def _complaint_about_loading(self, silent_s: float) -> str:
        if silent_s <= self._loading_patience_s:
            return ""
        patience_s, self._loading_patience_s = self._loading_patience_s, 2 * self._loading_patience_s
        self._is_heard = True
        return f"not ready to compose after {patience_s:g} s"

    @property
    def _awaited(self) -> list[_Order]:
        """The orders that should be answered soon: where the music goes on by bars, those alone."""
        lanes = (_Lane.BAR,) if self.goes_on else (_Lane.BAR, _Lane.MELODY)
        return [self._orders[lane] for lane in lanes if lane in self._orders]

    def _next_bar(self) -> ComposeBar | None:
        if _Lane.BAR in self._orders:
            return None
        bar, self._bar = self._bar, None
        return bar

    def _next_variation(self) -> Vary | None:
        if _Lane.MELODY in self._orders:
            return None
        varied, self._varied = self._varied, None
        return varied

    def _next_accompaniment(self, now_s: float) -> Vary | None:
        before = self._orders.get(_Lane.ACCOMPANIMENT)
        if before is not None and now_s - before.sent_s < SPACING_S:
            return None
        accompanied, self._accompanied = self._accompanied, None
        return accompanied

    def _next_want(self, look: Callable[[], Sounding | None]) -> ComposeRequest | Recompose | None:
        if _Lane.MELODY in self._orders:
            return None
        affect, self._wanted = self._wanted, None
        if affect is None:
            return None
        sounding = look() if self.recomposes else None
        self._tickets += 1
        self._asked_ticket, self._entry = self._tickets, sounding.cue if sounding else None
        if sounding is None:
            return ComposeRequest(affect, self._tickets)
        return Recompose(sounding.melody, sounding.step, affect, self._tickets)

    def _note(self, message: StudioToStage) -> None:
        self._is_heard = True
        if isinstance(message, Loaded):
            self.generator, self.failure = f"{message.generator} on {message.device}"[:MAX_TEXT], ""
            self.state, self._loading_patience_s = StudioState.READY, LOADING_S
            self.goes_on, self._recomposes = message.goes_on, message.recomposes
            return
        if isinstance(message, Away):
            self.lost()
            self._is_learned &= not self._has_learned  # the process stays, with its targets; not all that compose there
            self.failure = message.text[:MAX_TEXT]
            return
        if isinstance(message, Failed):
            self.failure = message.text[:MAX_TEXT]
        if isinstance(message, Alive):
            return
        if isinstance(message, Ready) and message.affect == self._wanted and self.is_asked(message):
            self._wanted, self.made_while_away = None, message.affect  # it has done the order after all
        for lane, order in self._orders.items():
            if message.ticket == order.message.ticket:
                self._answered, self._is_answered = self._orders.pop(lane), True
                self.state = StudioState.READY
                return


def _lane_of(message: ComposeRequest | Vary | Recompose | ComposeBar) -> _Lane:
    if isinstance(message, ComposeBar):
        return _Lane.BAR
    return _Lane.ACCOMPANIMENT if isinstance(message, Vary) and message.is_accompaniment else _Lane.MELODY


def check_ready(ready: Ready) -> None:
    """Refuse a melody for the shelf that the performer could not play.

    Raises:
        ValueError: figures that are none, or more of something than any melody has.
    """
    measured = ready.measured
    figures = (ready.distance, measured.notes_per_bar, measured.mean_pitch, measured.major_share, ready.asked_notes)
    if not all(map(isfinite, figures)) or ready.asked_notes < 0.0:
        raise ValueError("a message with figures that are none")
    if max(len(ready.melody.notes), len(ready.backing)) > MAX_NOTES or len(ready.latent) > MAX_LATENT:
        raise ValueError("a message with a melody past every measure")
