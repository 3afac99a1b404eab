"""The fields of a preset's sections that the table of parameters holds: type, range, default and description."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, create_model

from emo_osc.core.errors import CommandError
from emo_osc.protocol.parameters import VALUES, Scalar, Value

Model = TypeVar("Model", bound=BaseModel)
IN_TABLE: Any = ...
"""Stands for the default of a field that a section declares for its readers and the table defines."""


def with_values(section: str) -> Callable[[type[Model]], type[Model]]:
    """A section with one more field for each value of the table that belongs there."""

    def extended(model: type[Model]) -> type[Model]:
        fields: dict[str, Any] = {
            _attribute(name): (_annotation(value), Field(default=value.default, alias=name))
            for name, value in VALUES.items()
            if value.section == section
        }
        return create_model(
            model.__name__, __base__=model, __module__=model.__module__, __doc__=model.__doc__, **fields
        )

    return extended


def choice_faults(preset: BaseModel) -> list[str]:
    """The texts of a preset that are no choice of their value, each with its place and the nearest one that is."""
    faults = []
    for name, value in VALUES.items():
        if value.section and value.arguments[0].choices:
            text = getattr(getattr(preset, value.section), _attribute(name))
            faults += [f"{value.section}.{name}: {fault}" for fault in value_faults(name, text)]
    return faults


def value_faults(name: str, value: Scalar) -> list[str]:
    """What is wrong with a value of the table; a preset writes a choice as the table does."""
    try:
        known = VALUES[name].arguments[0].read(value)
    except CommandError as error:
        return [str(error)]
    return [] if known == value else [f"{value!r} is written {known!r}"]


def _attribute(name: str) -> str:
    """The attribute of a field: `register_`, because every class has a `register` already."""
    return f"{name}_" if hasattr(BaseModel, name) else name


def _annotation(value: Value) -> Any:
    """The type of a field: choices are texts that an editor completes and `choice_faults` checks."""
    argument = value.arguments[0]
    if argument.kind == "s":
        extra: dict[str, Any] | None = {"enum": list(argument.choices)} if argument.choices else None
        return Annotated[str, Field(description=value.description, json_schema_extra=extra)]
    kind: Any = int if argument.kind == "i" else float
    number: Any = Annotated[kind, Field(ge=argument.low, le=argument.high)]
    return Annotated[number if value.default is not None else number | None, Field(description=value.description)]
