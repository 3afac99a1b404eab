"""Checks the names in a preset: generators, scales of moods, and what MIDI controls do."""

from emo_osc.config.explain import in_one_line
from emo_osc.config.generators import find
from emo_osc.config.parameter_fields import value_faults
from emo_osc.config.paths import preset_names
from emo_osc.config.preset import Preset
from emo_osc.core.affect import name_key
from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.commands import DEEDS
from emo_osc.protocol.midi_control import NOTHING, TURNING_KINDS, Control, Role
from emo_osc.protocol.parameters import MAPPABLE, unknown_name


def check(preset: Preset, name: str) -> None:
    """Looks up every name in the tables of stage and studio; opens nothing, imports no torch.

    Raises:
        EmoOscError: names that nobody knows, all in one line; `name` is what errors call the preset.
    """
    faults = [*_generator_faults(preset), *_mood_faults(preset), *_mapping_faults(preset)]
    if faults:
        raise EmoOscError(in_one_line(f"{name}.{fault}" for fault in faults))


def _generator_faults(preset: Preset) -> list[str]:
    try:
        find(preset.generator.name)
    except EmoOscError as error:
        return [str(error)]
    return []


def _mood_faults(preset: Preset) -> list[str]:
    faults = []
    for id, entry in preset.moods.items():
        if entry.colour and entry.colour.scale:
            faults += [f"moods.{id}.colour.scale: {fault}" for fault in value_faults("scale", entry.colour.scale)]
    return faults


def _mapping_faults(preset: Preset) -> list[str]:
    book = preset.mood_book()
    called = (*MAPPABLE, *DEEDS, *preset_names(), NOTHING)
    roles = {control: Role.parse(text) for control, text in preset.mapping.items()}
    unknown = [
        f"mapping.{control}: {unknown_name('value', role.name, (*called, *book.names))}"
        for control, role in roles.items()
        if role.name not in called and name_key(role.name) not in book.by_key()
    ]
    return unknown + [
        f"mapping.{control}: {role.name} is turned, which takes a controller such as cc74"
        for control, role in roles.items()
        if role.name in MAPPABLE and Control.parse(control).kind not in TURNING_KINDS
    ]
