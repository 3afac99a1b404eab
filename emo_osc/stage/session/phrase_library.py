"""Kept phrases by name. Knows no disk: the supervisor saves and loads them."""

import unicodedata
from itertools import count

from emo_osc.core.errors import CommandError
from emo_osc.protocol.messages import PhraseSaved
from emo_osc.protocol.parameters import unknown_name

MAX_PHRASES = 512
MAX_NAME = 48  # as UTF-8 with its ending it then fits every file system
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


class PhraseLibrary:
    """What was kept, tonight or before, found by name in any case.

    >>> PhraseLibrary().free_name()
    'phrase 1'
    """

    def __init__(self) -> None:
        self._kept: dict[str, PhraseSaved] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, in the order of keeping."""
        return tuple(kept.name for kept in self._kept.values())

    def add(self, kept: PhraseSaved) -> None:
        """Take a phrase in; one of the same name gives way."""
        self._kept[_key(kept.name)] = kept

    def find(self, name: str) -> PhraseSaved:
        """The phrase of a name.

        Raises:
            CommandError: 3, nothing was kept under it.
        """
        if not self._kept:
            raise CommandError(CommandError.UNKNOWN_NAME, "nothing was kept yet; /emo/keep keeps what sounds")
        if _key(name) not in self._kept:
            raise unknown_name("kept phrase", name, self.names)
        return self._kept[_key(name)]

    def check(self, name: str) -> str:
        """The name a phrase may be kept under, without spaces around it.

        Raises:
            CommandError: 2, it is no name: letters of any script, digits, spaces, `-` and `_` make one, never a path;
                4, the book is full.
        """
        clean = clean_name(name)
        if len(self._kept) >= MAX_PHRASES and _key(clean) not in self._kept:
            raise CommandError(
                CommandError.NOT_NOW, f"{MAX_PHRASES} phrases are kept already; remove some of the files"
            )
        return clean

    def free_name(self) -> str:
        """A name nobody has taken: `phrase 1`, `phrase 2`, .."""
        return next(name for n in count(1) if _key(name := f"phrase {n}") not in self._kept)


def clean_name(name: str) -> str:
    """The name a phrase may be kept under, without spaces around it; on a full book too.

    >>> clean_name(" 코러스 1 ")
    '코러스 1'

    Raises:
        CommandError: 2, it is no name.
    """
    clean = unicodedata.normalize("NFC", name).strip()
    is_word = all(letter.isalnum() or letter in " -_" for letter in clean)
    if not 0 < len(clean) <= MAX_NAME or not is_word or clean.casefold() in _RESERVED:
        raise CommandError(
            CommandError.WRONG_ARGUMENTS,
            f"a name has 1..{MAX_NAME} letters, digits, spaces, - or _, got {name[:MAX_NAME]!r}",
        )
    return clean


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()
