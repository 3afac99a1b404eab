"""Playback events: what the performer has just played."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotePlayed:
    """A note that was just switched on; `channel` 1..16."""

    pitch: int
    velocity: int
    duration_tick: int
    channel: int


@dataclass(frozen=True, slots=True)
class BarLine:
    """A bar that just began, counted from 1 since play."""

    bar: int


@dataclass(frozen=True, slots=True)
class GlideStep:
    """A glide has moved the affect."""


Event = NotePlayed | BarLine | GlideStep
