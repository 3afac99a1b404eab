"""What a preset names that lives elsewhere in the house: generators, keys, scales, values for MIDI controllers."""

from emo_osc.errors import CommandError, EmoOscError
from emo_osc.preset import Preset
from emo_osc.stage.values import VALUES, unknown_name
from emo_osc.studio.generators import find


def check(preset: Preset, name: str) -> None:
    """Looks up every name in the tables of stage and studio; opens nothing, imports no torch.

    Raises:
        EmoOscError: names that nobody knows, all in one line; `name` is what errors call the preset.
    """
    faults = [*_generator_faults(preset), *_performance_faults(preset), *_mood_faults(preset), *_mapping_faults(preset)]
    if faults:
        raise EmoOscError("; ".join(f"{name}.{fault}" for fault in faults))


def _generator_faults(preset: Preset) -> list[str]:
    try:
        find(preset.generator.name)
    except EmoOscError as error:
        return [str(error)]
    return []


def _performance_faults(preset: Preset) -> list[str]:
    faults = []
    for key, value in preset.performance.model_dump().items():
        if key in VALUES and key != "mood":  # the mood book has found the mood already
            try:
                VALUES[key].arguments[0].read(value)
            except CommandError as error:
                faults.append(f"performance.{key}: {error}")
    return faults


def _mood_faults(preset: Preset) -> list[str]:
    faults = []
    for id, entry in preset.moods.items():
        try:
            if entry.colour and entry.colour.scale:
                VALUES["scale"].arguments[0].read(entry.colour.scale)
        except CommandError as error:
            faults.append(f"moods.{id}.colour.scale: {error}")
    return faults


def _mapping_faults(preset: Preset) -> list[str]:
    settable = tuple(name for name, value in VALUES.items() if value.is_mappable)
    return [
        f"mapping.{controller}: {unknown_name('value', name, settable)}"
        for controller, name in preset.mapping.items()
        if name not in settable
    ]
