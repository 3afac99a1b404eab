"""How property tests run here: the same examples every time, without a stopwatch on a shared machine."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
