"""Faces from picture to picture: one that vanishes, comes, is larger; which of them count."""

from itertools import pairwise

from emo_osc.face.boxes import Box
from emo_osc.face.tracks import COUNTS, Tracks, eased

LEFT, RIGHT = Box(0, 0, 100), Box(300, 0, 100)


def test_a_face_is_the_same_where_it_moves() -> None:
    tracks = Tracks()
    seen = [tracks.chosen([Box(20 * step, 5 * step, 100 + step)]) for step in range(8)]

    assert all(before[0] is after[0] for before, after in pairwise(seen))
    assert seen[-1][0].found == 8


def test_a_vanished_face_counts_for_a_moment_as_missed_and_is_then_forgotten() -> None:
    tracks = Tracks(patience=2)
    tracks.chosen([LEFT])

    assert [[track.missed for track in tracks.chosen([])] for _ in range(4)] == [[1], [2], [], []]


def test_another_takes_the_place_of_a_vanished_face_only_when_that_is_forgotten() -> None:
    tracks, large = Tracks(patience=2), Box(0, 0, 140)
    for _ in range(3):
        tracks.chosen([large, RIGHT])

    assert [tracks.chosen([RIGHT])[0].box for _ in range(4)] == [large, large, RIGHT, RIGHT]


def test_of_two_faces_of_nearly_one_size_the_one_that_counts_stays() -> None:
    tracks = Tracks()
    sizes = [(100, 98), (98, 100), (100, 104), (95, 110), (90, 130)]
    chosen = [tracks.chosen([Box(0, 0, left), Box(300, 0, right)])[0].box.left for left, right in sizes]

    assert chosen == [0, 0, 0, 0, 300]


def test_what_is_seen_once_beside_a_face_does_not_count() -> None:
    tracks = Tracks(COUNTS["mean"])
    for _ in range(3):
        tracks.chosen([LEFT])

    assert [len(tracks.chosen(boxes)) for boxes in ([LEFT, RIGHT], [LEFT], [LEFT], [LEFT])] == [1, 1, 1, 1]
    tracks.chosen([LEFT, RIGHT])
    assert [track.box for track in tracks.chosen([LEFT, RIGHT])] == [LEFT, RIGHT]


def test_a_crowd_is_limited_to_the_nearest() -> None:
    boxes = [Box(200 * side, 0, 20 + side) for side in range(9)]

    assert [track.box.side for track in Tracks(COUNTS["mean"]).chosen(boxes)] == [28, 27, 26, 25]


def test_the_jitter_of_a_finder_hardly_moves_what_is_classified() -> None:
    tracks, jitter = Tracks(), (0, 4, -4, 0, 4, 4, -4, 0, -4, 4)
    squares = [tracks.chosen([Box(200 + by, 100, 140 + by)])[0].square for by in jitter]

    found_px = sum(abs(after - before) for before, after in pairwise(jitter))
    moved_px = sum(abs(after.left - before.left) for before, after in pairwise(squares))
    assert moved_px < 0.6 * found_px


def test_a_face_in_motion_is_classified_where_it_is() -> None:
    assert eased(Box(0, 0, 100), Box(25, 10, 100)) == Box(25, 10, 100)
    assert eased(Box(0, 0, 100), Box(-30, -30, 160)) == Box(-30, -30, 160)
