"""`python -m emo_osc`: the same as `emo-osc`."""

import sys

from emo_osc.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
