"""Published schemas, and documents with one key misspelt, which a schema that is strict enough refuses."""

import json
from collections.abc import Iterator
from copy import deepcopy
from importlib.resources import files
from typing import Any

import kubernetes_validate
from jsonschema import validators

Place = tuple[str | int, ...]


def faults(document: Any, schema: dict[str, Any]) -> list[str]:
    """What a JSON schema finds wrong: place and reason."""
    validator = validators.validator_for(schema)(schema)
    return [f"{error.json_path}: {error.message:.200}" for error in validator.iter_errors(document)]


def compose_spec() -> dict[str, Any]:
    """The schema of the Compose Specification, as check-jsonschema carries it."""
    text = files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def kubernetes_faults(document: dict[str, Any], version: str) -> list[str]:
    """What Kubernetes of this version finds wrong, by the schemas that kubernetes-validate carries."""
    try:
        kubernetes_validate.validate(document, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [f"{error.json_path}: {error.message:.200}"]
    except (KeyError, kubernetes_validate.SchemaNotFoundError) as error:
        return [f"apiVersion or kind: {error}"]
    return []


def closed(schema: Any) -> Any:
    """The same schema of a custom resource, where a field that it does not name is an error instead of dropped."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and not schema.get("x-kubernetes-preserve-unknown-fields"):
        made.setdefault("additionalProperties", False)
    return made


def misspelt(document: Any, free: set[str]) -> Iterator[tuple[str, Any]]:
    """The place of every key and the document with this key misspelt, but for keys below one of `free`: anybody's."""
    for place in _keys_of(document):
        if len(place) > 1 and place[-2] in free:
            continue
        changed = deepcopy(document)
        parent = changed
        for step in place[:-1]:
            parent = parent[step]
        parent[f"{place[-1]}x"] = parent.pop(place[-1])
        yield ".".join(map(str, place)), changed


def _keys_of(node: Any, above: Place = ()) -> Iterator[Place]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield (*above, key)
            yield from _keys_of(value, (*above, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _keys_of(value, (*above, number))
