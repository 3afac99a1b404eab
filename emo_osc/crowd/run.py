"""The life of `emo-osc crowd`: hear the broker, send the point twenty times a second, until a signal ends it."""

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from time import perf_counter

from emo_osc.core.affect import MOODS, MoodBook
from emo_osc.crowd.broker import Broker, topics_of
from emo_osc.crowd.bulk_reading import NOT_UNDERSTOOD
from emo_osc.crowd.glide import Glide
from emo_osc.crowd.hand import HAND, open_hand
from emo_osc.crowd.listening import listen
from emo_osc.crowd.outputs import PATIENCE_S, Outputs
from emo_osc.crowd.voices import Manners, Opinion, Voices
from emo_osc.crowd.words import MAX_ID_LETTERS, MAX_PAYLOAD_BYTES, Word, Words
from emo_osc.protocol.osc import Target

SEND_HZ = 20.0
REPORT_S = 10.0
ABOVE_RATE, NO_ROOM = "above --rate", "of more clients than there is room for"
"""Why a client's message is dropped, in words."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Options: the broker and the show, how clients are counted, what they may name, where the point goes."""

    broker: Broker
    show: str = "show"
    host: str = "127.0.0.1"
    port: int = 7770
    others: tuple[Target, ...] = ()
    fade_s: float = 6.0
    rate_hz: float = 10.0
    glide_s: float = 0.3
    weights: Mapping[str, float] = field(default_factory=dict)
    moods: MoodBook = field(default_factory=lambda: MoodBook(MOODS))
    hand: Target | None = None
    hand_weight: float = 20.0


def crowd(options: Crowd, say: Say) -> None:
    """Run until ctrl-C or SIGTERM.

    Raises:
        EmoOscError: a host is unknown, the hand's port is taken, or the broker refuses the login or the topics.
    """
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(_run(options, say))  # a selector on Windows too: aiomqtt needs add_reader


async def _run(options: Crowd, say: Say) -> None:
    ended = asyncio.Event()
    with suppress(NotImplementedError):  # Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    weights = {**options.weights, HAND: options.hand_weight}
    intake = Intake(Voices(Manners(options.fade_s, options.rate_hz, weights=weights)), Words(options.moods))
    with ExitStack() as stack:
        outputs = stack.enter_context(closing(Outputs((options.host, options.port), options.others)))
        if options.hand:
            stack.enter_context(closing(await open_hand(options.hand, options.moods, intake.take_hand)))
            say(f"hand      {options.hand[0]}:{options.hand[1]}, counts {options.hand_weight:g}")
        reporter = Reporter(options, say)
        tasks = [
            asyncio.create_task(listen(options.broker, topics_of(options.show), intake, say)),
            asyncio.create_task(_send(intake, outputs, Glide(options.glide_s), reporter)),
            asyncio.create_task(ended.wait()),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()  # raises what ended it


async def _send(intake: "Intake", outputs: Outputs, glide: Glide, reporter: "Reporter") -> None:
    """Twenty times a second; where a turn comes late the next ones are not made up for."""
    due_s = perf_counter()
    while True:
        now_s = perf_counter()
        intake.catch_up(now_s)
        opinion = intake.voices.opinion(now_s)
        if opinion is None:
            glide.forget()
        else:
            opinion = glide.step(opinion, now_s)
        outputs.send(opinion, now_s)
        reporter.turn(opinion, intake, outputs, now_s)
        due_s = max(due_s + 1 / SEND_HZ, perf_counter())
        await asyncio.sleep(due_s - perf_counter())


class Intake:
    """Takes the messages of the broker; counts those that are read, and those that are dropped by the reason.

    Of a client above its rate the newest message waits until the rate allows one: after a stall a network delivers all
    that it has kept at once, and the last of that is where the client is now.
    """

    def __init__(self, voices: Voices, words: Words) -> None:
        self.voices, self._words = voices, words
        self.read = 0
        self.dropped: Counter[str] = Counter()
        self._waiting: dict[str, tuple[str, bytes]] = {}  # client -> its newest message

    def hear(self, kind: str, voice: str, payload: bytes) -> None:
        """A message of a client; drops it where it holds no word."""
        now_s = perf_counter()
        if not 0 < len(voice) <= MAX_ID_LETTERS or len(payload) > MAX_PAYLOAD_BYTES:
            self.drop(NOT_UNDERSTOOD)
        elif self.voices.admits(voice, now_s):
            if self._waiting.pop(voice, None):
                self.drop(ABOVE_RATE)
            self._take(kind, voice, payload, now_s)
        elif voice not in self.voices:
            self.drop(NO_ROOM)
        else:
            if voice in self._waiting:
                self.drop(ABOVE_RATE)
            self._waiting[voice] = kind, payload

    def catch_up(self, now_s: float) -> None:
        """Read what waits, as far as the clients' rates allow."""
        for voice in [voice for voice in self._waiting if self.voices.admits(voice, now_s)]:
            kind, payload = self._waiting.pop(voice)
            self._take(kind, voice, payload, now_s)

    def drop(self, reason: str) -> None:
        """A message that is not read."""
        self.dropped[reason] += 1

    def _take(self, kind: str, voice: str, payload: bytes, now_s: float) -> None:
        try:
            word = self._words.read(kind, payload)
        except ValueError:
            self.drop(NOT_UNDERSTOOD)
            return
        self.voices.hear(voice, word, now_s)
        self.read += 1

    def take_hand(self, word: Word) -> None:
        """A word of the performer's, whose faders may send faster than phones."""
        self.voices.hear(HAND, word, perf_counter())
        self.read += 1


class Reporter:
    """Says what changes: whether the instrument answers, what it refuses, and every ten seconds how many speak."""

    def __init__(self, options: Crowd, say: Say) -> None:
        self._to, self._say = f"{options.host}:{options.port}", say
        self._begun_s = self._told_s = perf_counter()
        self._was_answered, self._fault = True, ""
        self._read, self._dropped = 0, Counter[str]()

    def turn(self, opinion: Opinion | None, intake: Intake, outputs: Outputs, now_s: float) -> None:
        """Twenty times a second."""
        for fault in outputs.faults():
            if fault != self._fault:
                self._fault = fault
                self._say(f"the instrument refuses: {fault}")
        is_answered = outputs.is_answered or now_s - self._begun_s < PATIENCE_S
        if is_answered != self._was_answered:
            self._was_answered = is_answered
            state = "answers again" if is_answered else "does not answer; start it with: emo-osc serve"
            self._say(f"the instrument at {self._to} {state}")
        if now_s - self._told_s >= REPORT_S:
            self._told_s = now_s
            self._report(opinion, intake)

    def _report(self, opinion: Opinion | None, intake: Intake) -> None:
        read, dropped = intake.read - self._read, intake.dropped - self._dropped
        if not (read or dropped):
            return
        self._read, self._dropped = intake.read, intake.dropped.copy()
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in dropped.most_common())
        why = f" ({reasons})" if reasons else ""
        self._say(f"{_told(opinion)}; in {REPORT_S:g} s {read:,} messages, {dropped.total():,} dropped{why}")


def _told(opinion: Opinion | None) -> str:
    if opinion is None:
        return "nobody speaks"
    affect, mood = opinion.affect, f", {opinion.mood}" if opinion.mood else ""
    voices = "1 voice" if opinion.count == 1 else f"{opinion.count:,} voices"
    return f"{voices}: valence {affect.valence:+.2f} arousal {affect.arousal:+.2f} spread {opinion.spread:.2f}{mood}"
