"""Draws a simple face that detectors find, for benchmarks and tests without photographs."""

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""A picture as OpenCV holds it: uint8 (height, width, 3), blue, green, red."""

_SKIN, _SHADE, _DARK, _LIP = (150, 175, 205), (120, 140, 175), (30, 35, 40), (90, 90, 150)


def blank(width: int = 640, height: int = 480, seed: int = 0) -> Picture:
    """A picture of camera noise without a face."""
    noise = np.random.default_rng(seed).normal(0.0, 3.0, (height, width, 3))
    slope = np.linspace(70, 110, width)[None, :, None]
    return np.clip(slope + noise, 0, 255).astype(np.uint8)


def draw_face(picture: Picture, left: int, top: int, side: int, smile: float = 1.0) -> Picture:
    """The picture with a face in it; a detector's square is about (left, top, side), `smile` -1 sad to 1 happy."""
    drawn = picture.copy()

    def at(across: float, down: float) -> tuple[int, int]:
        return round(left + across * side), round(top + down * side)

    def size(across: float, down: float) -> tuple[int, int]:
        return round(across * side), round(down * side)

    def oval(place: tuple[float, float], half: tuple[float, float], colour: tuple[int, int, int]) -> None:
        cv2.ellipse(drawn, at(*place), size(*half), 0, 0, 360, colour, -1, cv2.LINE_AA)

    oval((0.5, 0.38), (0.5, 0.62), _DARK)  # hair
    oval((0.5, 0.5), (0.42, 0.58), _SKIN)
    for eye in (0.3, 0.7):
        oval((eye, 0.36), (0.14, 0.09), _SHADE)
        oval((eye, 0.28), (0.13, 0.025), _DARK)  # brow
        oval((eye, 0.37), (0.08, 0.04), (235, 235, 235))
        oval((eye, 0.37), (0.04, 0.04), _DARK)
    oval((0.5, 0.6), (0.09, 0.05), _SHADE)  # nose
    bend = 0.08 * smile
    ends = (0, 180) if bend >= 0 else (180, 360)
    cv2.ellipse(
        drawn, at(0.5, 0.8 - bend / 2), size(0.18, abs(bend) + 0.01), 0, *ends, _LIP, max(2, side // 25), cv2.LINE_AA
    )
    return cv2.GaussianBlur(drawn, (0, 0), max(side / 120, 0.5)).astype(np.uint8)
