"""The bench of a crowd, short: every phone is heard through a real broker, and the probe's points arrive."""

import pytest

from emo_osc.evaluate.bench.bench_crowd import LOST_S, bench_crowd
from tests.crowd.conftest import mosquitto


@pytest.mark.parametrize("kind", ["one_connection", "own_connections", "websockets", "flood"])
def test_a_probe_is_heard_beside_a_crowd(kind: str) -> None:
    mosquitto()
    row = bench_crowd(20, 5.0, 2.0, lambda _: None, (kind,))[kind]

    assert row["sent_a_s"] >= 20 * 5 * 0.5
    assert row["probes"] >= 1
    assert 0 < row["delay_p50_ms"] < LOST_S * 1000
    assert row["crowd_cpu"] >= 0 or row["crowd_cpu"] != row["crowd_cpu"]
