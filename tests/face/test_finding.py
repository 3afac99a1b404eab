"""Finding faces: drawn ones, alone and in company, moving, leaving; crops; and what YuNet's rows mean."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.face.boxes import Box, Grey, apart, cut
from emo_osc.face.drawn import Picture, blank, draw_face
from emo_osc.face.haar import HaarFinder
from emo_osc.face.yunet import EYES_APART, EYES_DOWN, YuNetFinder, box_of

WALL = blank()


def grey(picture: Picture) -> Grey:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8)


def is_on(box: Box, left: int, top: int, side: int) -> bool:
    return box.overlap(Box(left, top, side)) > 0.8 and 0.7 < box.side / side < 1.6


@pytest.mark.parametrize(("left", "top", "side"), [(200, 120, 200), (60, 40, 110), (420, 300, 130), (150, 60, 300)])
def test_a_drawn_face_is_found_where_it_is(left: int, top: int, side: int) -> None:
    (box,) = HaarFinder().find_in_still(grey(draw_face(WALL, left, top, side)))

    assert is_on(box, left, top, side)


def test_a_wall_has_no_face() -> None:
    finder = HaarFinder()

    assert finder.find_in_still(grey(WALL)) == ()
    assert [finder.find(grey(WALL)) for _ in range(8)] == [()] * 8


def test_a_face_that_fills_a_small_picture_is_found() -> None:
    face = cv2.resize(draw_face(WALL, 200, 120, 200)[100:330, 185:415], (48, 48), interpolation=cv2.INTER_AREA)

    (box,) = HaarFinder().find_in_still(grey(face.astype(np.uint8)))

    assert box.overlap(Box(0, 0, 48)) > 0.9
    assert 36 < box.side < 60


def test_a_face_is_followed_from_frame_to_frame() -> None:
    finder = HaarFinder()
    found = [finder.find(grey(draw_face(WALL, 100 + 4 * step, 80 + step, 140 + step))) for step in range(24)]

    assert all(len(boxes) == 1 for boxes in found)
    assert all(is_on(boxes[0], 100 + 4 * step, 80 + step, 140 + step) for step, boxes in enumerate(found))


def test_a_second_face_is_found_while_the_first_is_followed() -> None:
    finder, one = HaarFinder(), draw_face(WALL, 60, 120, 180)
    assert len(finder.find(grey(one))) == 1

    both = grey(draw_face(one, 380, 140, 150))
    counts = [len(finder.find(both)) for _ in range(16)]

    assert counts[-1] == 2
    assert set(counts) <= {1, 2}


def test_a_vanished_face_is_not_found_where_it_was() -> None:
    finder = HaarFinder(patience=2)
    finder.find(grey(draw_face(WALL, 200, 120, 180)))

    assert [finder.find(grey(WALL)) for _ in range(4)] == [()] * 4


def test_a_face_missed_once_is_found_again_by_a_search_where_it_was() -> None:
    finder, small = HaarFinder(), grey(draw_face(WALL, 300, 200, 60))  # only a search of one quarter in nine finds it
    while not finder.find(small):
        pass

    assert finder.find(grey(WALL)) == ()
    (box,) = finder.find(small)
    assert is_on(box, 300, 200, 60)


@pytest.mark.parametrize("shape", [(20, 20), (30, 300), (1, 1)])
def test_pictures_too_small_or_too_long_for_a_face_have_none(shape: tuple[int, int]) -> None:
    finder, picture = HaarFinder(), np.full(shape, 90, np.uint8)

    assert finder.find(picture) == ()
    assert finder.find_in_still(picture) == ()


def test_a_crop_is_what_the_box_holds() -> None:
    picture = np.zeros((100, 200), np.uint8)
    picture[10:58, 20:68] = np.arange(48, dtype=np.uint8)

    assert (cut(picture, Box(20, 10, 48)) == np.arange(48)).all()


def test_beyond_the_edge_the_edge_goes_on() -> None:
    picture = np.tile(np.arange(96, dtype=np.uint8), (96, 1))

    crop = cut(picture, Box(-48, 20, 96))

    assert crop.shape == (48, 48)
    assert (crop[:, :24] == 0).all()
    assert (np.diff(crop[0, 24:].astype(int)) > 0).all()


def test_a_box_outside_the_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        cut(np.zeros((50, 50), np.uint8), Box(60, 60, 20))
    with pytest.raises(ValueError, match="at least one pixel"):
        Box(0, 0, float("nan"))


def test_faces_one_upon_another_are_one() -> None:
    inner, outer, other = Box(10, 10, 20), Box(0, 0, 50), Box(60, 0, 20)

    assert apart([outer, inner, other]) == (outer, other)


def test_yunets_row_becomes_the_square_of_fer2013() -> None:
    side, left, top = 100.0, 30.0, 40.0
    eyes = [(left + side * (0.5 + half * EYES_APART / 2), top + side * EYES_DOWN) for half in (-1, 1)]
    row = np.array([left + 5, top - 20, 90, 125, *eyes[0], *eyes[1], 80, 100, 65, 120, 95, 120, 0.9], np.float32)

    box = box_of(row)

    assert (box.left, box.top, box.side) == pytest.approx((left, top, side), abs=0.01)


def test_a_turned_face_whose_eyes_are_close_keeps_its_size() -> None:
    row = np.array([35, 20, 90, 125, 78, 78, 82, 78, 80, 100, 75, 120, 85, 120, 0.9], np.float32)

    assert box_of(row).side == pytest.approx(100)


@pytest.mark.parametrize(("name", "words"), [("none.onnx", "not there"), ("bad.onnx", "OpenCV cannot use it as YuNet")])
def test_a_file_that_is_not_yunet_is_refused_in_one_line(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"no network")

    with pytest.raises(EmoOscError, match=f"{name}: {words}"):
        YuNetFinder(tmp_path / name)
