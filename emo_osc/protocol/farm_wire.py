"""What a stage's machine and a studio for many stages (`emo-osc farm`) say to each other: JSON, versioned, bounded.

A request says what a stage asks its studio for, and what bends the targets; an answer holds melodies as `Ready`
messages. Nothing of it is ever executed: no pickle. Both directions are read with the codec of `message_codec`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import isfinite
from typing import Any, NoReturn

from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import ComposeRequest, Ready, Recompose, SetTargets, Vary

VERSION = 1
ABOUT, ORDERS = "/v1/about", "/v1/melodies"
"""Paths: GET who composes there, POST an order."""
MAX_ORDER_BYTES, MAX_ANSWER_BYTES = 1 << 18, 1 << 22
MAX_COUNT = 64  # melodies of one order
MAX_NOTES, MAX_LATENT, MAX_REFERENCES = 1024, 1 << 16, 256
MAX_SEED = 1 << 63
MAX_TEXT = 300

Work = ComposeRequest | Vary | Recompose
FORMULAS = SetTargets(())
"""The targets that nothing bends."""


@dataclass(frozen=True, slots=True)
class Order:
    """Work, the seed to do it with (None: any), what bends the targets, and whose tempo it is.

    `maker` is who is meant to do it, empty for whoever is there; a stage waits for what `is_awaited`, the rest is made
    beforehand.
    """

    work: Work
    seed: int | None = None
    targets: SetTargets = FORMULAS
    is_locked: bool = False
    maker: str = ""
    is_awaited: bool = True


@dataclass(frozen=True, slots=True)
class About:
    """Who composes: the generator's name, its device, and `maker`, which tells checkpoints and temperatures apart."""

    generator: str
    device: str
    maker: str
    recomposes: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order was not done: `reason` is a word for programs, the text for people; try again in `retry_s`."""

    reason: str
    text: str
    retry_s: float = 0.0


def write_order(order: Order) -> bytes:
    """An order as JSON.

    >>> from emo_osc.core.affect import Affect
    >>> read_order(write_order(Order(ComposeRequest(Affect(0.5, 0.0), 1), 7))).seed
    7
    """
    return _written(
        work=json.loads(encode(order.work)),
        seed=order.seed,
        targets=json.loads(encode(order.targets)),
        is_locked=order.is_locked,
        maker=order.maker,
        is_awaited=order.is_awaited,
    )


def read_order(body: bytes) -> Order:
    """The order of a body.

    Raises:
        ValueError: it is none, of another version, or more than any stage asks for.
    """
    found = _read(body, MAX_ORDER_BYTES)
    work, targets = _message(found.get("work")), _message(found.get("targets"))
    seed, maker = found.get("seed"), _text(found, "maker")
    if not isinstance(work, Work) or not isinstance(targets, SetTargets):
        raise ValueError("no work of a studio, or no targets")
    if seed is not None and not (type(seed) is int and 0 <= seed < MAX_SEED):
        raise ValueError(f"seed must be a whole number in 0..{MAX_SEED - 1}, or null")
    _check_work(work)
    if len(targets.references) > MAX_REFERENCES or not -1.0 <= targets.density <= 1.0:
        raise ValueError("targets out of range")
    return Order(work, seed, targets, _flag(found, "is_locked"), maker, _flag(found, "is_awaited"))


def write_melodies(about: About, melodies: Sequence[Ready]) -> bytes:
    """An answer with melodies as JSON."""
    return _written(about=_plain(about), melodies=[json.loads(encode(ready)) for ready in melodies])


def read_melodies(body: bytes) -> tuple[About, tuple[Ready, ...]]:
    """Who composed, and what.

    Raises:
        ValueError: it is no such answer, of another version, or past every measure.
    """
    found = _read(body, MAX_ANSWER_BYTES)
    listed = found.get("melodies")
    if not isinstance(listed, list) or len(listed) > MAX_COUNT:
        raise ValueError("no list of melodies")
    melodies = tuple(ready for ready in map(_message, listed) if isinstance(ready, Ready))
    if len(melodies) != len(listed):
        raise ValueError("something else than melodies")
    for ready in melodies:
        _check_ready(ready)
    return _about(found.get("about")), melodies


def write_about(about: About) -> bytes:
    """Who composes, as JSON."""
    return _written(about=_plain(about))


def read_about(body: bytes) -> About:
    """Who composes.

    Raises:
        ValueError: it says something else, or is of another version.
    """
    return _about(_read(body, MAX_ORDER_BYTES).get("about"))


def write_refusal(refusal: Refusal) -> bytes:
    """A refusal as JSON."""
    return _written(refused=_plain(refusal))


def read_refusal(body: bytes) -> Refusal | None:
    """The refusal of a body; None where it is none of ours, as a proxy's page of HTML."""
    try:
        found = _read(body, MAX_ORDER_BYTES)["refused"]
        reason, text, retry_s = found["reason"], found["text"], float(found["retry_s"])
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(reason, str) or not isinstance(text, str) or not isfinite(retry_s):
        return None
    return Refusal(reason[:40], _in_one_line(text), min(60.0, max(0.0, retry_s)))


def _written(**values: object) -> bytes:
    return json.dumps({"version": VERSION, **values}, allow_nan=False).encode()


def _read(body: bytes, limit: int) -> dict[str, Any]:
    if len(body) > limit:
        raise ValueError(f"over {limit:,} bytes")
    try:
        found = json.loads(body, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    if found.get("version") != VERSION:
        raise ValueError(f"speaks version {found.get('version')!r:.20}, this one {VERSION}; install the same emo_osc")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _message(found: object) -> object:
    return decode(json.dumps(found).encode())


def _check_work(work: Work) -> None:
    if not isinstance(work, Recompose) and not 1 <= work.count <= MAX_COUNT:
        raise ValueError(f"count must be in 1..{MAX_COUNT}")
    if isinstance(work, Vary) and not (0.0 <= work.amount <= 1.0 and len(work.latent) <= MAX_LATENT):
        raise ValueError("amount or latent out of range")
    if not isinstance(work, ComposeRequest) and len(work.melody.notes) > MAX_NOTES:
        raise ValueError(f"over {MAX_NOTES} notes")
    if isinstance(work, Vary) and not 1 <= work.melody.bars <= 16:
        raise ValueError("bars must be in 1..16")


def _check_ready(ready: Ready) -> None:
    measured = ready.measured
    figures = (ready.distance, measured.notes_per_bar, measured.mean_pitch, measured.major_share)
    if not all(map(isfinite, figures)):
        raise ValueError("figures that are none")
    if max(len(ready.melody.notes), len(ready.backing)) > MAX_NOTES or len(ready.latent) > MAX_LATENT:
        raise ValueError("a melody past every measure")


def _about(found: object) -> About:
    if not isinstance(found, dict):
        raise ValueError("does not say who composes")
    generator, device, maker = (_text(found, name) for name in ("generator", "device", "maker"))
    return About(generator, device, maker, _flag(found, "recomposes"))


def _text(found: dict[str, Any], name: str) -> str:
    text = found.get(name)
    if not isinstance(text, str):
        raise ValueError(f"{name} must be text")
    return _in_one_line(text)


def _flag(found: dict[str, Any], name: str) -> bool:
    flag = found.get(name)
    if not isinstance(flag, bool):
        raise ValueError(f"{name} must be true or false")
    return flag


def _in_one_line(text: str) -> str:
    """Printable, one line, at most `MAX_TEXT` characters: it comes from the network and is shown."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:MAX_TEXT])


def _plain(value: About | Refusal) -> dict[str, object]:
    return {field.name: getattr(value, field.name) for field in fields(value)}
