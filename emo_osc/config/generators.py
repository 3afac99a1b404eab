"""The table of generators: name -> import path. Imports none of them."""

from emo_osc.core.errors import EmoOscError

GENERATORS = {
    "canned": "emo_osc.studio.canned:build",
    "music_transformer": "emo_osc.studio.music_transformer:build",
    "music_vae": "emo_osc.studio.music_vae:build",
}
"""Name -> import string of a function from `GeneratorSection`, and an `aim` where targets are bent, to `Generator`."""


def find(name: str) -> str:
    """The import string of a generator, without importing it.

    Raises:
        EmoOscError: there is no such generator.
    """
    if name not in GENERATORS:
        raise EmoOscError(f"generator.name: no generator {name!r}; generators are {', '.join(GENERATORS)}")
    return GENERATORS[name]
