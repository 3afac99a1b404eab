"""Runs the web process until the stage closes its connection. Its setup comes on standard input."""

import os
import sys

NICENESS = 10  # notes come first, then melodies, then pictures of them


def main() -> int:
    """Serve; the exit code, 2 where the port is not to be had."""
    if hasattr(os, "nice"):  # Windows has none
        os.nice(NICENESS)
    from emo_osc.surface.run import serve  # only now: importing a web server is work too
    from emo_osc.surface.setup import WebSetup

    return WebSetup.run(serve)


if __name__ == "__main__":
    sys.exit(main())
