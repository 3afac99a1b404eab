"""Another musician's Link peer: takes orders on standard input, tells every change of its session as a line of JSON.

Started with a tempo and 1 or 0 for a shared transport; a test runs it, in a network of its own.
"""

import json
import os
import sys
import threading
from time import perf_counter

SETTLED_S = 0.75  # of two sessions that meet the older wins, but only if it is older by half a second


def main() -> None:
    import link

    peer = link.Link(float(sys.argv[1]))
    peer.startStopSyncEnabled = sys.argv[2] == "1"
    clock, alone = peer.clock(), threading.Event()

    def tell(*_: object) -> None:
        state = peer.captureSessionState()
        say([peer.numPeers(), round(state.tempo(), 3), state.isPlaying()])
        if peer.numPeers() == 0:
            alone.set()

    peer.setNumPeersCallback(tell)
    peer.setTempoCallback(tell)
    peer.setStartStopCallback(tell)
    peer.enabled = True
    threading.Timer(SETTLED_S, say, ("settled",)).start()
    for line in sys.stdin:
        order, number = line.split()
        state, micros = peer.captureSessionState(), clock.micros()
        if order == "tempo":
            state.setTempo(float(number), micros)
        elif order == "play":
            state.setIsPlaying(float(number) > 0, micros)
        elif order == "beat":  # at a time on the clock that all processes of this machine share
            at = micros + round((float(number) - perf_counter()) * 1e6)
            say(state.beatAtTime(at, 4.0))
            continue
        peer.commitSessionState(state)
    if peer.numPeers():
        alone.clear()
        peer.enabled = False
        alone.wait(5.0)
    os._exit(0)  # the library would wait for its thread, and that for a callback of ours


def say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
