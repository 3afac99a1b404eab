"""Reads presets from YAML text and files, and checks them. Opens no port and imports no torch."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from emo_osc.config.explain import did_you_mean, explain_all, in_one_line, mood_faults
from emo_osc.config.parameter_fields import choice_faults
from emo_osc.config.paths import MAX_BYTES, preset_files
from emo_osc.config.preset import Preset
from emo_osc.config.preset_text import read_yaml
from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import read_small_text, reason_of

MAX_LISTED = 64  # names in one error


def parse_preset(text: str, name: str) -> Preset:
    """The preset a YAML text describes; `name` is what errors call it.

    >>> club = parse_preset("moods: {storm: {valence: -0.3, arousal: 0.9, aliases: [폭풍]}}", "club")
    >>> club.mood_book().find("폭풍").id
    'storm'

    Raises:
        EmoOscError: not YAML, an unknown key, a value out of range, or too much of anything: one line naming place,
            value and remedy.
    """
    data = read_yaml(text, name)
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise EmoOscError(f"{name}: a preset is a mapping of sections, got {type(data).__name__}")
    # A section with every line commented out is None in YAML; a performer means the defaults.
    return _validated({key: {} if value is None else value for key, value in data.items()}, name)


def changed(preset: Preset, changes: Mapping[str, object], name: str) -> Preset:
    """The preset with single values replaced, each under `section.key`; `name` is what errors call the change.

    >>> changed(Preset(), {"clock.tempo": 96}, "serve").clock.tempo
    96.0

    Raises:
        EmoOscError: a value is out of range.
    """
    data = preset.model_dump(by_alias=True)
    for place, value in changes.items():
        section, key = place.split(".")
        data[section][key] = value
    return _validated(data, name)


def load_preset(name: str) -> Preset:
    """A preset by name (looked up in `preset_folders`) or by path.

    Raises:
        EmoOscError: there is no such preset, it cannot be read, or it is wrong.
    """
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        return load_named_preset(name)
    return parse_preset(_read(path), str(path))


def load_named_preset(name: str) -> Preset:
    """A preset by name only, as the network may ask.

    Raises:
        EmoOscError: no preset folder has that name, the file cannot be read, or the preset is wrong.
    """
    known = preset_files().paths
    if name not in known:
        hint = did_you_mean(name, known)
        raise EmoOscError(
            f"no preset {name!r:.80}{hint}; presets are {', '.join(sorted(known)[:MAX_LISTED]) or 'none'}"
        )
    return parse_preset(_read(known[name]), name)


def _read(path: Path) -> str:
    try:
        return read_small_text(path, MAX_BYTES)
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be read ({reason_of(error)}); name a preset or its file") from None


def _validated(data: dict[Any, Any], name: str) -> Preset:
    try:
        preset = Preset.model_validate(data)
    except ValidationError as error:
        raise EmoOscError(explain_all(name, error.errors(), Preset)) from None
    faults = [f"moods.{fault}" for fault in mood_faults(preset.moods)] + choice_faults(preset)
    if faults:
        raise EmoOscError(in_one_line(f"{name}.{fault}" for fault in faults))
    try:
        preset.mood_book().find(preset.performance.mood)
    except KeyError as error:
        raise EmoOscError(f"{name}.performance.mood: {error.args[0]}") from None
    return preset
