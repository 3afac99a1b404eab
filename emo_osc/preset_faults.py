"""What is wrong with a preset, in words: place, value, and the nearest key that is right. Knows no section by name."""

from collections.abc import Iterable
from difflib import get_close_matches
from reprlib import Repr
from typing import Any, get_args

from pydantic import BaseModel

_SHOWN = Repr()  # aliases in YAML can make a page of text of gigabytes
_SHOWN.maxstring, _SHOWN.maxlevel = 80, 2


def explain_all(name: str, errors: list[Any], model: type[BaseModel]) -> list[str]:
    """A line for every error that pydantic found in a preset of this name and model."""
    unknown = [_explain(name, line, model) for line in errors if line["type"] == "extra_forbidden"]
    others = [line for line in errors if line["type"] != "extra_forbidden"]
    # A misspelt key is missing under its right name too; saying so twice helps nobody.
    hinted = [line for line in others if line["type"] == "missing" and f"{line['loc'][-1]!r}?" in " ".join(unknown)]
    return unknown + [_explain(name, line, model) for line in others if line not in hinted]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question with the nearest known word; nothing where none is near.

    >>> did_you_mean("prot", ("host", "port"))
    ", did you mean 'port'?"
    """
    near = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f", did you mean {near[0]!r}?" if near else ""


def _explain(name: str, line: Any, model: type[BaseModel]) -> str:
    place = ".".join([name, *(str(part) for part in line["loc"] if part != "[key]")])
    if line["type"] == "extra_forbidden":
        return f"{place}: unknown key{did_you_mean(str(line['loc'][-1]), _known_keys(line['loc'][:-1], model))}"
    if line["type"] == "missing":
        return f"{place}: is missing"
    if line["type"] in ("model_type", "dict_type"):
        return f"{place}: must be a mapping of keys to values, got {_SHOWN.repr(line['input'])}"
    return f"{place}: {line['msg'][0].lower()}{line['msg'][1:]}, got {_SHOWN.repr(line['input'])}"


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
