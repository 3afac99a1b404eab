"""Kept phrases on disk: a `.json` that plays each again to the byte, and a `.mid` for other programs."""

import errno
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from emo_osc.core.errors import CommandError, EmoOscError
from emo_osc.core.score import BARS
from emo_osc.core.small_file import list_folder, read_small, reason_of, write_beside
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import PhraseSaved
from emo_osc.stage.session.phrase_library import MAX_PHRASES, clean_name
from emo_osc.stage.session.studio_client import check_ready

MAX_FILE_BYTES = 1 << 18  # the longest melody, with its accompaniment and latent, takes half of it
MAX_OLDER = 8  # phrases of one name that stay beside the newest
SLOWEST, FASTEST = 1.0, 1000.0  # bpm; a clock that is followed may run outside our own range
MAX_ENTRIES = 4 * MAX_PHRASES * (MAX_OLDER + 1)  # two files a phrase, and as many of other people's


def phrase_folder() -> Path:
    """Where this system keeps a player's own data; it may not exist yet."""
    from platformdirs import user_data_path

    return user_data_path("emo_osc") / "phrases"


class PhraseStore:
    """A folder of at most `MAX_PHRASES` kept phrases.

    One that is kept again under its name leaves the older one beside it, as `NAME~1`; `MAX_OLDER` of a name stay.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, kept: PhraseSaved) -> Path:
        """Write a phrase; the path of its `.mid`. Either both files are whole afterwards, or nothing has changed.

        Raises:
            EmoOscError: the folder is full or cannot be written, or the disk is full.
        """
        score, music = self._path(kept.name, ".json"), self._path(kept.name, ".mid")
        try:
            self._demand_room(score)
            fresh = [(path, write_beside(path, data)) for path, data in ((score, encode(kept)), (music, _midi(kept)))]
            self._set_aside(kept.name)
            for path, part in fresh:
                part.replace(path)
        except OSError as error:
            self._clear(kept.name)
            raise EmoOscError(
                f"{self.folder}: {kept.name!r} cannot be saved ({reason_of(error)}); it loops on;"
                " free space, keep it again"
            ) from None
        return music

    def load(self) -> Iterator[PhraseSaved | EmoOscError]:
        """The newest `MAX_PHRASES`, the oldest of them first; for a file that is none, the error that says so."""
        listing = list_folder(self.folder, ".json", MAX_ENTRIES)
        yield from map(EmoOscError, listing.faults)
        phrases = sorted((path for path in listing.paths if "~" not in path.stem), key=_age)
        if len(phrases) > MAX_PHRASES:
            yield EmoOscError(f"{self.folder}: over {MAX_PHRASES} phrases; only the newest can be recalled")
        yield from map(_read, phrases[-MAX_PHRASES:])

    def _demand_room(self, score: Path) -> None:
        """Raises OSError where there are too many phrases for one of another name."""
        found = list_folder(self.folder, ".json", MAX_ENTRIES)
        if score not in found.paths and sum("~" not in path.stem for path in found.paths) >= MAX_PHRASES:
            raise OSError(errno.ENOSPC, f"{MAX_PHRASES} phrases are kept; remove or move some of the files")

    def _path(self, name: str, ending: str) -> Path:
        return self.folder / f"{name}{ending}"

    def _set_aside(self, name: str) -> None:
        """Give the phrase of a name the next number, and drop those numbered lowest."""
        if not self._path(name, ".json").exists():
            return
        numbers = sorted(self._older(name))
        for number in numbers[: -(MAX_OLDER - 1)]:
            for ending in (".json", ".mid"):
                self._path(f"{name}~{number}", ending).unlink(missing_ok=True)
        aside = f"{name}~{max(numbers, default=0) + 1}"
        for ending in (".json", ".mid"):
            if self._path(name, ending).exists():
                self._path(name, ending).replace(self._path(aside, ending))

    def _older(self, name: str) -> Iterator[int]:
        for path in list_folder(self.folder, ".json", MAX_ENTRIES).paths:
            own, _, number = path.stem.rpartition("~")
            if own == name and number.isdecimal():
                yield int(number)

    def _clear(self, name: str) -> None:
        for ending in (".json.part", ".mid.part"):
            with suppress(OSError):  # the folder itself may be what is wrong
                self._path(name, ending).unlink()


def _midi(kept: PhraseSaved) -> bytes:
    from emo_osc.config.preset import Preset
    from emo_osc.render.offline import midi_bytes, play  # mido
    from emo_osc.studio.generators import Composed

    ready = kept.ready
    result = (ready.melody, ready.measured, ready.distance, ready.seed)
    composed = Composed(*result, chords=ready.chords, backing=ready.backing)
    return midi_bytes([play(composed, kept.affect, Preset())], kept.tempo)


def _age(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:  # it has just gone
        return 0.0


def _read(path: Path) -> PhraseSaved | EmoOscError:
    try:
        message = decode(read_small(path, MAX_FILE_BYTES))
        if not isinstance(message, PhraseSaved):
            raise ValueError("another message")
        _check(message)
    except OSError as error:
        return EmoOscError(f"{path}: not a kept phrase ({reason_of(error)}); it is left alone")
    except (ValueError, CommandError) as error:
        return EmoOscError(f"{path}: not a kept phrase ({error!s:.200}); it is left alone")
    return message


def _check(kept: PhraseSaved) -> None:
    """Let nothing through to the stage that it could not have handed us itself.

    Raises:
        ValueError, CommandError: a name, a tempo or a melody that it could not.
    """
    if clean_name(kept.name) != kept.name:
        raise ValueError(f"its name is {kept.name!r}")
    if not SLOWEST <= kept.tempo <= FASTEST:
        raise ValueError(f"its tempo is {kept.tempo}")
    if not 1 <= kept.ready.melody.bars <= BARS:
        raise ValueError(f"it has {kept.ready.melody.bars} bars")
    check_ready(kept.ready)
