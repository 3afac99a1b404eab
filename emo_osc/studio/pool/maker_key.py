"""Which generator composes with what: a name that tells checkpoints and temperatures apart."""

from pathlib import Path

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import reason_of
from emo_osc.studio.canned import shelf_path
from emo_osc.studio.pool.pool_file import key_of


def maker_of(section: GeneratorSection) -> str:
    """The generator's name, the start of its file's SHA-256, and the temperature.

    Raises:
        EmoOscError: the file is missing or cannot be read.
    """
    try:
        return f"{section.name}-{key_of(_path(section), section.temperature)}"
    except OSError as error:
        raise EmoOscError(f"generator.checkpoint: cannot be read ({reason_of(error)})") from None


def _path(section: GeneratorSection) -> Path:
    if section.checkpoint:
        return Path(section.checkpoint)
    if section.name == "canned":
        path = shelf_path()
        if path is None:
            raise EmoOscError("generator: the shelf is missing; install emo_osc again")
        return path
    from emo_osc.weights import checkpoints  # torch

    return checkpoints.find(section.name)
