"""Reads the YAML text of a preset within bounds. Knows no section and no key.

A text is refused while it is read, before anything is built of it: every value is counted, and an alias as often as it
stands for something, so that neither 60,000 keys nor a few lines that multiply each other cost time or memory.
"""

from typing import Any

import yaml

from emo_osc.config.paths import MAX_BYTES
from emo_osc.core.errors import EmoOscError

MAX_VALUES = 8192  # keys, values, lists and mappings; the shipped default has 230
MAX_DEPTH = 16
MAX_LETTERS = 1024  # of one key or value
_STUMBLES = (ValueError, KeyError, AttributeError, RecursionError)
"""What PyYAML 6.0 lets out where it reads 2024-99-99, `!!bool x`, `!!timestamp x`, or a thousand brackets."""


def read_yaml(text: str, name: str) -> Any:
    """What a YAML text holds; `name` is what errors call it.

    >>> read_yaml("clock: {tempo: 96}", "club")
    {'clock': {'tempo': 96}}

    Raises:
        EmoOscError: it is not YAML, or larger than any preset.
    """
    if len(text) > MAX_BYTES:
        raise EmoOscError(f"{name}: over {MAX_BYTES:,} letters; a preset is a short text")
    loader = _BoundedLoader(text)
    try:
        return loader.get_single_data()
    except _TooLargeError as error:
        raise EmoOscError(f"{name}: {error}") from None
    except (yaml.YAMLError, *_STUMBLES) as error:
        raise EmoOscError(f"{name}: not YAML: {' '.join(str(error).split()):.300}") from None
    finally:
        loader.dispose()


class _TooLargeError(Exception):
    """Says what is too much."""


class _BoundedLoader(yaml.SafeLoader):
    """PyYAML's safe loader, which counts the values it composes."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._values = self._depth = 0
        self._sizes: dict[int, int] = {}

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """A value, and in it others; of an alias, the value that it stands for."""
        before = self._values
        is_alias = self.check_event(yaml.AliasEvent)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _TooLargeError(f"over {MAX_DEPTH} levels of keys in keys")
        node = super().compose_node(parent, index)
        self._depth -= 1
        if is_alias:
            if id(node) not in self._sizes:
                raise _TooLargeError("an alias that stands inside what it stands for")
            self._add(self._sizes[id(node)])
        elif node is not None:
            self._add(1)
            _check_letters(node)
            self._sizes[id(node)] = self._values - before
        return node

    def _add(self, values: int) -> None:
        self._values += values
        if self._values > MAX_VALUES:
            raise _TooLargeError(f"over {MAX_VALUES:,} keys and values")


def _check_letters(node: yaml.Node) -> None:
    if isinstance(node, yaml.ScalarNode) and len(node.value) > MAX_LETTERS:
        raise _TooLargeError(f"a key or value of over {MAX_LETTERS:,} letters")
