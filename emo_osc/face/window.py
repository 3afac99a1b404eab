"""The preview: the camera's picture with a square around each face that counts. Keeps no picture."""

import os
import sys

import cv2

from emo_osc.face.drawn import Picture
from emo_osc.face.look import Look

TITLE = "emo_osc"
_COLOUR = (90, 200, 255)


def window_fault() -> str:
    """Why no window can be opened here; empty where one can."""
    lines = [line for line in cv2.getBuildInformation().splitlines() if line.strip().startswith("GUI:")]
    if not lines or lines[0].split()[-1] == "NONE":
        return "this OpenCV has no windows (opencv-python in the place of opencv-python-headless has)"
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return "there is no screen here"
    return ""


def show(picture: Picture, look: Look, words: str) -> bool:
    """Draws a look over its picture; answers whether the performer wants to go on: q, escape or closing it ends."""
    cv2.imshow(TITLE, framed(picture, look, words))
    key = cv2.waitKey(1) & 0xFF
    return key not in (ord("q"), 27) and cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) >= 1


def framed(picture: Picture, look: Look, words: str) -> Picture:
    """A copy of the picture with the faces framed and a line of words, in Latin letters."""
    drawn = picture.copy()
    for box in look.boxes:
        left, top, side = round(box.left), round(box.top), round(box.side)
        cv2.rectangle(drawn, (left, top), (left + side, top + side), _COLOUR, 2)
    cv2.putText(drawn, words, (10, len(drawn) - 12), cv2.FONT_HERSHEY_SIMPLEX, 0.6, _COLOUR, 1, cv2.LINE_AA)
    return drawn
