"""What one client says: the payload of an MQTT message as a point or a mood. Knows no broker and no clock."""

from collections.abc import Callable
from typing import NamedTuple

from emo_osc.core.affect import MoodBook, name_key

MAX_PAYLOAD_BYTES = 128  # two numbers take 10, the longest name of a mood 30
MAX_ID_LETTERS = 64
BLANKED = bytes.maketrans(b",[]", b"   ")


class Word(NamedTuple):  # and no dataclass of an Affect: 10,000 may come a second
    """A client's newest word: a point with both axes in [-1, 1], and the id of the mood where it named one."""

    valence: float
    arousal: float
    mood: str = ""


class Words:
    """Reads payloads; `moods` are those that a client may name.

    >>> from emo_osc.core.affect import MOODS
    >>> words = Words(MoodBook(MOODS))
    >>> words.read("va", b"0.5 -0.25")
    Word(valence=0.5, arousal=-0.25, mood='')
    >>> words.read("mood", "밝음".encode()).mood
    'bright'
    """

    def __init__(self, moods: MoodBook) -> None:
        self._moods = moods.by_key()
        self._kinds: dict[str, Callable[[bytes], Word]] = {"va": _read_point, "mood": self._read_mood}

    def read(self, kind: str, payload: bytes) -> Word:
        """The word in a payload of kind `va` (two numbers, as text or as a JSON list, clamped to [-1, 1]) or `mood`.

        Raises:
            ValueError: it holds none, or the kind is unknown.
        """
        if len(payload) > MAX_PAYLOAD_BYTES:
            raise ValueError(f"{len(payload)} bytes, at most {MAX_PAYLOAD_BYTES}")
        read = self._kinds.get(kind)
        if read is None:
            raise ValueError(f"no kind {kind!r}, known are: {', '.join(self._kinds)}")
        return read(payload)

    def _read_mood(self, payload: bytes) -> Word:
        name = payload.decode("utf-8")  # UnicodeDecodeError is a ValueError
        mood = self._moods.get(name_key(name.strip().strip('"')))
        if mood is None:
            raise ValueError(f"no mood {name!r}")
        return Word(mood.affect.valence, mood.affect.arousal, mood.id)


def _read_point(payload: bytes) -> Word:
    first, second = payload.split() if payload[:1] != b"[" and b"," not in payload else _of_list(payload)
    valence, arousal = float(first), float(second)
    if valence != valence or arousal != arousal:
        raise ValueError("not a number")
    return Word(max(-1.0, min(1.0, valence)), max(-1.0, min(1.0, arousal)))


def _of_list(payload: bytes) -> list[bytes]:
    return payload.translate(BLANKED).split()
