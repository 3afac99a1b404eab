"""The MIDI mapping: the player's bindings laid over those of the preset. Knows no port and no disk."""

from collections.abc import Callable
from itertools import islice

from emo_osc.core.affect import Mood
from emo_osc.protocol.commands import DEEDS
from emo_osc.protocol.midi_control import NOTHING, Control, Role
from emo_osc.protocol.parameters import MAPPABLE

Roles = dict[Control, Role]
MAX_OWN = 512
MAX_SHOWN, MAX_LETTERS = 24, 44  # controls in one answer, and letters of each: the answer must fit a packet


class Mapping:
    """The role of every control; one on a channel of its own comes before the same on any channel.

    `mood_of` finds the mood of a name, which may have several.

    >>> mapping = Mapping()
    >>> mapping.load({"cc1": "intensity"})
    >>> mapping.give(Control("cc", 74, 2), Role("density", "pickup"))
    >>> mapping.role(Control("cc", 1, 9)), mapping.role(Control("cc", 74, 3))
    (Role(name='intensity', mode='jump'), None)
    >>> mapping.shown
    ('cc1 intensity', 'cc74@2 density pickup')
    """

    def __init__(self, mood_of: Callable[[str], Mood | None] = lambda _: None) -> None:
        self._mood_of = mood_of
        self._preset: Roles = {}
        self._own: Roles = {}
        self._all: Roles = {}
        self.learning = ""
        """What waits for a control; empty where nothing does."""

    def load(self, preset: dict[str, str] | None) -> None:
        """Take the roles of another preset."""
        self._preset = _roles(preset or {})
        self._merge()

    def read(self, text: str) -> None:
        """Take the player's own roles, as `text` writes them.

        Raises:
            ValueError: a line is no control with its role.
        """
        self._own = _roles(dict(line.split("\t", 1) for line in text.splitlines()))
        self._merge()

    @property
    def text(self) -> str:
        """The player's own roles: a line each, control and role with a tab between them."""
        return "\n".join(f"{control}\t{role}" for control, role in self._own.items())

    @property
    def shown(self) -> tuple[str, ...]:
        """Controls with their roles, as many as one answer holds."""
        shown = ((control, role) for control, role in self._all.items() if role.name != NOTHING)
        return tuple(f"{control} {role}"[:MAX_LETTERS] for control, role in islice(shown, MAX_SHOWN))

    @property
    def is_full(self) -> bool:
        """Whether there is no room for more."""
        return len(self._own) >= MAX_OWN

    def role(self, control: Control) -> Role | None:
        """What a control does, None for nothing."""
        found = self._all.get(control) or self._all.get(control.anywhere)
        return None if found is None or found.name == NOTHING else found

    def called(self, name: str) -> str:
        """The one name of what a control may do: a mood's id in a single line, any other as it is."""
        mood = None if name in MAPPABLE or name in DEEDS else self._mood_of(name)
        return " ".join(mood.id.split()) if mood else name

    def give(self, control: Control, role: Role) -> None:
        """Let a control do this and no other control the same."""
        self.forget(role.name)
        self._own[control] = role
        self._merge()

    def forget(self, name: str) -> bool:
        """Let no control do this; whether one did. Those of the preset are switched off."""
        known = [control for control, role in self._all.items() if role.name == name]
        for control in known:
            self._own.pop(control, None)
            if control in self._preset and self.called(self._preset[control].name) == name:
                self._own[control] = Role(NOTHING)
        if known:
            self._merge()
        return bool(known)

    def _merge(self) -> None:
        both = self._preset | self._own
        roles = {role: Role(self.called(role.name), role.mode) for role in set(both.values())}
        self._all = {control: roles[role] for control, role in both.items()}


def _roles(lines: dict[str, str]) -> Roles:
    return {Control.parse(control): Role.parse(role) for control, role in lines.items()}
