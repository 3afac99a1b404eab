"""Imports OpenCV with a one-line error where it is missing; the other files of this package import it directly."""

import os

from emo_osc.core.errors import EmoOscError

MAX_PIXELS, MAX_SIDE = 1 << 26, 1 << 14  # 192 MB once decoded; a telephone takes pictures of 12 to 50 million
REMEDY = 'in the checkout: pip install ".[face]", or: pip install "opencv-python-headless>=4.9,<5"'


def need_opencv() -> None:
    """Loads OpenCV, on one thread, without its own log, and within bounds for pictures.

    Raises:
        EmoOscError: it is missing, cannot be loaded, or is too new to have its old detector.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # our error messages are enough
    # OpenCV reads these once, as it is imported, and looks at the head of a picture before it takes memory for it.
    os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"] = str(MAX_PIXELS)
    os.environ["OPENCV_IO_MAX_IMAGE_WIDTH"] = os.environ["OPENCV_IO_MAX_IMAGE_HEIGHT"] = str(MAX_SIDE)
    try:
        import cv2
        import cv2.utils
    except ImportError as error:
        raise EmoOscError(f"a face needs OpenCV, which cannot be loaded ({error}); {REMEDY}") from None
    if not hasattr(cv2, "CascadeClassifier"):
        raise EmoOscError(f"OpenCV {cv2.__version__} has no cascades any more; {REMEDY}")
    cv2.setNumThreads(1)
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
