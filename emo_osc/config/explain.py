"""Error texts for a wrong preset: place, value, and the nearest right key."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from reprlib import Repr
from typing import TYPE_CHECKING, Any, get_args
from unicodedata import category

from pydantic import BaseModel

from emo_osc.core.affect import MOODS, name_key

if TYPE_CHECKING:
    from emo_osc.config.preset import MoodSection

_SHOWN = Repr()  # aliases in YAML can make a page of text of gigabytes
_SHOWN.maxstring, _SHOWN.maxlevel = 80, 2
MAX_NAME = 64  # letters that OSC addresses take
_NO_LETTERS = ("Cc", "Cs")  # Unicode's for what a terminal obeys, and for halves of letters
MAX_FAULTS = 8  # in one line; who mends these reads the others next time
MAX_LETTERS, MAX_WORD = 240, 64  # of one fault; of one key in it


def explain_all(name: str, errors: list[Any], model: type[BaseModel]) -> str:
    """The errors that pydantic found in a preset of this name and model, unknown keys first, in one bounded line."""
    unknown = [line for line in errors if line["type"] == "extra_forbidden"]
    said = [_explain(name, line, model) for line in unknown[:MAX_FAULTS]]
    others = [line for line in errors if line["type"] != "extra_forbidden"]
    # A misspelt key is missing under its right name too; saying so twice helps nobody.
    hints = " ".join(said)
    others = [line for line in others if line["type"] != "missing" or f"{line['loc'][-1]!r}?" not in hints]
    said += [_explain(name, line, model) for line in others[:MAX_FAULTS]]
    return in_one_line(said, len(unknown) + len(others))


def in_one_line(faults: Iterable[str], count: int = 0) -> str:
    """Faults in a line of bounded length, which says how many of `count` (default: of these) it leaves out.

    >>> in_one_line((f"k{n}: unknown key" for n in range(60_000)))[-47:]
    'k6: unknown key; k7: unknown key; 59,992 others'
    """
    known = list(faults)
    shown = [fault if len(fault) <= MAX_LETTERS else f"{fault[:MAX_LETTERS]}.." for fault in known[:MAX_FAULTS]]
    left = max(count, len(known)) - len(shown)
    return "; ".join([*shown, f"{left:,} others"] if left else shown)


def mood_faults(moods: "Mapping[str, MoodSection]") -> Iterator[str]:
    """New moods without a point, names that nobody can call, and names that mean two moods."""
    shipped = {mood.id for mood in MOODS}
    owners = {name_key(id): id for id in (*moods, *shipped)}
    for id, entry in moods.items():
        if owners[name_key(id)] != id:
            yield f"{id}: {owners[name_key(id)]!r} is the same name; write it so"
        for axis in ("valence", "arousal"):
            if getattr(entry, axis) is None and id not in shipped:
                yield f"{id}.{axis}: is missing"
        for name in (id, *entry.aliases):
            if not name_key(name) or len(name) > MAX_NAME or any(category(letter) in _NO_LETTERS for letter in name):
                yield f"{id[:MAX_NAME]}: a name has 1..{MAX_NAME} letters, got {name!r:.80}"
        for alias in entry.aliases:
            owner = owners.setdefault(name_key(alias), id)
            if owner != id:
                yield f"{id}.aliases: {alias!r} is a name of {owner!r} already"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question with the nearest known word; nothing where none is near.

    >>> did_you_mean("prot", ("host", "port"))
    ", did you mean 'port'?"
    """
    near = get_close_matches(word[:MAX_WORD], list(known), n=1, cutoff=0.5)
    return f", did you mean {near[0]!r}?" if near else ""


def _explain(name: str, line: Any, model: type[BaseModel]) -> str:
    place = ".".join([name, *(str(part)[:MAX_WORD] for part in line["loc"] if part != "[key]")])
    if line["type"] == "extra_forbidden":
        return f"{place}: unknown key{did_you_mean(str(line['loc'][-1]), _known_keys(line['loc'][:-1], model))}"
    if line["type"] == "missing":
        return f"{place}: is missing"
    if line["type"] in ("model_type", "dict_type"):
        return f"{place}: must be a mapping of keys to values, got {_SHOWN.repr(line['input'])}"
    told = line["msg"].removeprefix("Value error, ")  # pydantic's, before the text of a check of ours
    return f"{place}: {told[0].lower()}{told[1:]}, got {_SHOWN.repr(line['input'])}"


def _known_keys(loc: tuple[Any, ...], model: type[BaseModel]) -> list[str]:
    """The keys that a mapping at this place may have."""
    found: Any = model
    for part in loc:
        section = _section_in(found)
        if section is None:
            return []
        by_alias = {field.alias or key: field for key, field in section.model_fields.items()}
        found = by_alias[part].annotation if part in by_alias else section
    section = _section_in(found)
    return [field.alias or key for key, field in section.model_fields.items()] if section else []


def _section_in(annotation: Any) -> type[BaseModel] | None:
    """The section an annotation is, or holds: `Section`, `Section | None`, `dict[str, Section]`."""
    kinds = (annotation, *get_args(annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
