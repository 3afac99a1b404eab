"""`emo-osc completion`: shell completion of commands, options, moods, presets and OSC addresses.

What a word may become is looked up when the shell asks, in light tables: no preset is read, no model imported.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from emo_osc.protocol.parameters import Argument

Items = list["CompletionItem"]
SHELLS = ("bash", "zsh", "fish")
PROGRAM, VARIABLE = "emo-osc", "_EMO_OSC_COMPLETE"  # the second is click's own name for the first
ROOT = "/emo/"


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete emo-osc; its first line says where to put it."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # click knows these three
    click.echo(f"# {WHERE[shell]}")
    click.echo(kind(context.find_root().command, {}, PROGRAM, VARIABLE).source())


WHERE = {
    "bash": 'in ~/.bashrc: eval "$(emo-osc completion bash)"',
    "zsh": 'in ~/.zshrc, after compinit: eval "$(emo-osc completion zsh)"',
    "fish": "once: emo-osc completion fish > ~/.config/fish/completions/emo-osc.fish",
}
"""Shell -> how it reads that at every start."""


def complete_preset(context: click.Context, parameter: click.Parameter, begun: str) -> Items:
    """Presets by name; a file is completed by the shell."""
    from emo_osc.config.paths import preset_names

    return _items((name, "") for name in preset_names() if name.startswith(begun)) or _file(begun)


def complete_mood(context: click.Context, parameter: click.Parameter, begun: str) -> Items:
    """Shipped moods by id, and by another name once that has begun."""
    return _items(_moods(begun))


def complete_generator(context: click.Context, parameter: click.Parameter, begun: str) -> Items:
    """Generators by name."""
    from emo_osc.config.generators import GENERATORS

    return _items((name, "") for name in GENERATORS if name.startswith(begun))


def complete_address(context: click.Context, parameter: click.Parameter, begun: str) -> Items:
    """OSC addresses; those of single values, several hundred, once more than the root has begun."""
    from emo_osc.protocol.commands import ROUTES

    is_short = len(begun) <= len(ROOT)
    known = (route for route in ROUTES.values() if route.address.startswith(begun))
    return _items((route.address, route.description) for route in known if not is_short or _is_single(route.address))


def complete_argument(context: click.Context, parameter: click.Parameter, begun: str) -> Items:
    """What an address takes at this place: choices, moods, presets, what a MIDI control may do."""
    from emo_osc.protocol.commands import ROUTES

    route, place = ROUTES.get(context.params.get("address", "")), len(context.params.get("arguments", ()))
    if route is None:
        return []
    known = (found for form in route.forms if len(form) > place for found in _known(form[place], begun))
    return _items(dict(known).items())


def _known(argument: "Argument", begun: str) -> Iterator[tuple[str, str]]:
    from emo_osc.config.paths import preset_names
    from emo_osc.protocol.commands import DEEDS
    from emo_osc.protocol.parameters import MAPPABLE

    if argument.name in ("mood", "binding"):
        yield from _moods(begun)
    names = list(argument.choices)
    if argument.name in ("preset", "binding"):
        names += preset_names()
    if argument.name == "binding":
        names += [*MAPPABLE, *DEEDS]
    yield from ((name, "") for name in names if name.startswith(begun))


def _moods(begun: str) -> Iterator[tuple[str, str]]:
    from emo_osc.core.affect import MOODS

    for mood in MOODS:
        names = (mood.id, *mood.aliases) if begun else (mood.id,)
        yield from ((name, mood.id) for name in names if name.startswith(begun) and " " not in name)


def _is_single(address: str) -> bool:
    """Whether an address belongs to no family such as /emo/set."""
    return address.split("/")[2] not in ("set", "get", "start_listen", "stop_listen")


def _items(found: Iterable[tuple[str, str]]) -> Items:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name, help=says or None) for name, says in found]


def _file(begun: str) -> Items:
    from click.shell_completion import CompletionItem

    return [CompletionItem(begun, type="file")]
