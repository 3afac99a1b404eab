"""The maker of a farm without one: a process that makes orders when told to, with no network and no Ray.

`python -m emo_osc.evaluate.bench.bare_maker SECTION`, with a `GeneratorSection` as JSON, prints a line once it has
loaded. Then it reads lines with a number of orders, makes those together, and prints seconds passed and of CPU.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from time import perf_counter, process_time

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.core.child_start import ONE_THREAD, start
from emo_osc.core.errors import EmoOscError
from emo_osc.farm.maker import Maker
from emo_osc.protocol.farm_wire import Order
from emo_osc.protocol.messages import ComposeRequest


class BareMaker:
    """Handle of the process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def make(self, count: int) -> tuple[float, float]:
        """Make `count` >= 1 orders of one melody together: seconds, seconds of CPU."""
        assert self._process.stdin is not None  # pipes were asked for
        assert self._process.stdout is not None
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        passed, used = self._process.stdout.readline().split()
        return float(passed), float(used)


@contextmanager
def bare_maker(section: GeneratorSection) -> Iterator[BareMaker]:
    """Run the process until the context ends.

    Raises:
        EmoOscError: the generator cannot be loaded.
    """
    pipe, module = subprocess.PIPE, "emo_osc.evaluate.bench.bare_maker"
    with start(module, section.model_dump_json(), stdin=pipe, stdout=pipe, changes=ONE_THREAD) as process:
        try:
            assert process.stdout is not None
            if not process.stdout.readline():
                raise EmoOscError(
                    f"{section.name} cannot be loaded; `emo-osc serve --generator {section.name}` says why"
                )
            yield BareMaker(process)
        finally:
            process.terminate()


def any_affect(random: Random) -> Affect:
    """A point anywhere on the plane."""
    return Affect(random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0))


def main() -> None:
    """Execute the lines of standard input until it ends."""
    maker, random = Maker(GeneratorSection.model_validate_json(sys.argv[1])), Random(0)
    _print_line(maker.about.maker)
    for line in sys.stdin:
        orders = [Order(ComposeRequest(any_affect(random), 0)) for _ in range(int(line))]
        begun_s, used_s = perf_counter(), process_time()
        done = maker.make(orders)
        failures = [each for each in done if isinstance(each, str)]
        if failures:
            raise EmoOscError(failures[0])
        _print_line(f"{perf_counter() - begun_s} {process_time() - used_s}")


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
