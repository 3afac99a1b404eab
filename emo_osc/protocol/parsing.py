"""Parses an OSC message into a command, by the table of addresses. Knows no socket and no clock."""

from typing import NamedTuple
from urllib.parse import unquote

from emo_osc.core.errors import CommandError
from emo_osc.protocol.address_patterns import is_pattern, unmatched
from emo_osc.protocol.commands import LISTENABLE, PATHS, PORT, ROUTES, TRIGGER_VALUE, Command, Ping, SetValue, describe
from emo_osc.protocol.osc import Message, OscValue
from emo_osc.protocol.parameters import MAX_TEXT, VALUES, Argument, is_number, is_zero, nearest_name, unknown_name

Arguments = tuple[OscValue, ...]
Form = tuple[Argument, ...]

_NAMED = {"set": tuple(VALUES), "get": tuple(VALUES), "start_listen": LISTENABLE, "stop_listen": LISTENABLE}
_SHOWN = tuple(address for address in ROUTES if address.count("/") == 2 or address.startswith("/emo/va"))


_OVERWRITTEN = (
    name
    for name, value in VALUES.items()
    if value.is_settable and all(argument.kind != "s" or argument.choices for argument in value.arguments)
)
SETTINGS = {"/emo/va/unit", "/emo/va_unit"}.union(*({f"/emo/{name}", f"/emo/set/{name}"} for name in _OVERWRITTEN))
"""Addresses that overwrite a value whenever their arguments are right; a mood or a preset may yet be unknown."""


class Parsed(NamedTuple):
    """What a message asks for, None for a button's release, and how many of its last arguments are not needed."""

    command: Command | None
    surplus: int = 0


def parse(address: str, arguments: Arguments) -> Command | None:
    """The command a message asks for; None for a button's release.

    >>> parse("/emo/va", (3, "0.5"))
    SetValue(name='va', values=(1.0, 0.5))

    Raises: as `read_message`.
    """
    return read_message(address, arguments).command


def read_message(address: str, arguments: Arguments) -> Parsed:
    """The command a message asks for, and what of it is not needed.

    >>> read_message("/emo/mood/bright", (1.0, 7))
    Parsed(command=SetValue(name='mood', values=('bright', 1.0)), surplus=1)

    Raises:
        CommandError: 1 unknown address, 2 wrong arguments, 3 unknown name.
    """
    route = ROUTES.get(address)
    if route is None:
        return _parse_path(address, arguments)
    if route.is_trigger and _is_release(arguments):
        return Parsed(None)
    if route.is_trigger and _is_press(route.forms[0][0], arguments):
        arguments = ()
    if address == "/emo/ping":  # a token is whatever the client sent, not a number or a text
        return Parsed(Ping(*arguments[:1]))
    form = _form(route.forms, arguments)
    return Parsed(route.make(*_read(form, arguments)), max(0, len(arguments) - len(form)))


def is_setting(message: Message) -> bool:
    """Whether a message does no more than overwrite a value, now, so that a later one may take its place."""
    if message.time_s is not None or message.address not in SETTINGS:
        return False
    try:
        return isinstance(parse(message.address, message.arguments), SetValue)
    except CommandError:
        return False


def _parse_path(address: str, arguments: Arguments) -> Parsed:
    """A message whose address ends with a name: a button, and a single 0 is its release."""
    _, root, family, name = (*address.split("/", 3), "", "", "")[:4]
    path = PATHS.get(family) if root == "emo" and name else None
    if path is None:
        raise _unknown(address)
    if _is_release(arguments):
        return Parsed(None)
    form = _form((path.form,), arguments)
    return Parsed(path.make(_name(name), *_read(form, arguments)), max(0, len(arguments) - len(form)))


def _name(written: str) -> str:
    name = unquote(written)
    if len(name) > MAX_TEXT:
        text = f"a name has at most {MAX_TEXT} characters, got {len(name)}"
        raise CommandError(CommandError.WRONG_ARGUMENTS, text)
    return name


def _read(form: Form, arguments: Arguments) -> list[float | str]:
    return [argument.read(raw) for argument, raw in zip(form, arguments, strict=False)]


def _form(forms: tuple[Form, ...], arguments: Arguments) -> Form:
    """The form that a message has: of several, one that takes all its arguments, else one whose types are right.

    Raises:
        CommandError: 2, there are too few arguments for any.
    """
    given = len(arguments)
    if len(forms) == 1 and len(forms[0]) == given:  # as nearly all are, so at no cost
        return forms[0]
    fitting = [form for form in forms if _needed(form) <= given]
    if not fitting:
        expected = " or ".join(describe(form) for form in forms)
        raise CommandError(CommandError.WRONG_ARGUMENTS, f"expected {expected}, got {given} argument(s)")
    if len(fitting) == 1:
        return fitting[0]
    fitting.sort(key=lambda form: (not _suits(form, arguments), given > len(form), -len(form)))
    return fitting[0]


def _needed(form: Form) -> int:
    return sum(not argument.is_optional for argument in form)


def _suits(form: Form, arguments: Arguments) -> bool:
    """Whether each argument is of the kind the form wants."""
    return all(_is_of_kind(argument, raw) for argument, raw in zip(form, arguments, strict=False))


def _is_of_kind(argument: Argument, raw: OscValue) -> bool:
    if argument.kind == "s" and not argument.is_listed:
        return isinstance(raw, str)
    return is_number(raw) or (argument.kind == "s" and isinstance(raw, str))


def _is_release(arguments: Arguments) -> bool:
    return len(arguments) == 1 and is_zero(arguments[0])


def _is_press(argument: Argument, arguments: Arguments) -> bool:
    """Whether a button was pressed, where a name or a port might have come."""
    if len(arguments) != 1 or argument is TRIGGER_VALUE:
        return False
    return arguments[0] == 1 if argument is PORT else argument.kind == "s" and not isinstance(arguments[0], str)


def _unknown(address: str) -> CommandError:
    if is_pattern(address):
        return unmatched(address)
    root, _, rest = address.removeprefix("/emo/").partition("/")
    if address.startswith("/emo/") and root in _NAMED and rest:
        return unknown_name("value", rest, _NAMED[root])
    near = nearest_name(address, _SHOWN)
    hint = f", did you mean {near}?" if near else ""
    return CommandError(CommandError.UNKNOWN_ADDRESS, f"unknown address{hint}")
