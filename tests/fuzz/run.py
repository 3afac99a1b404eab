"""Coverage-guided fuzzing: `python -m tests.fuzz.run TARGET SECONDS` changes inputs for ever new ways through the code.

Needs the extra `fuzz`. A finding ends the run with its traceback and is left as a file; replay it with its path in
the place of SECONDS.
"""

import sys
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["emo_osc"]):
    from tests.fuzz.targets import TARGETS

FINDINGS = Path(__file__).parent / "findings"
MAX_BYTES = 8200
SLOW_S = 5  # an input that takes longer hangs
MEMORY_MB = 1024  # more than at the start


def peak_mb() -> int:
    """What the peak of memory stands at already: Linux counts what the process that started this one held."""
    return getrusage(RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Fuzz, or play one file."""
    name, length = sys.argv[1:3]
    play, seeds = TARGETS[name]
    with TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds()):
            Path(corpus, str(number)).write_bytes(seed)
        flags = [f"-max_total_time={length}", corpus, str(FINDINGS / name)] if length.isdigit() else [length]
        FINDINGS.joinpath(name).mkdir(parents=True, exist_ok=True)
        limits = [
            f"-max_len={MAX_BYTES}",
            f"-timeout={SLOW_S}",
            f"-rss_limit_mb={MEMORY_MB + peak_mb()}",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={FINDINGS / name}/", *flags], play)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
