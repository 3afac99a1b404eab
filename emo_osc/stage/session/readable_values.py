"""Values read directly from the instrument, by their names in `values.VALUES`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from emo_osc.core.score import BARS, TICKS_PER_BAR
from emo_osc.protocol.parameters import Scalar

if TYPE_CHECKING:
    from emo_osc.stage.session.instrument import Instrument

MAX_NAMES = 24  # kept phrases in one answer, which must fit a packet

SHOWN: dict[str, Callable[["Instrument", float], tuple[Scalar, ...]]] = {
    "va": lambda i, _: (i.performer.affect.valence, i.performer.affect.arousal),
    "valence": lambda i, _: (i.performer.affect.valence,),
    "arousal": lambda i, _: (i.performer.affect.arousal,),
    "tempo": lambda i, _: (i.clock.tempo,),
    "latency_ms": lambda i, _: (i.latency_ms,),
    "temperature": lambda i, _: (i.preset.temperature,),
    "playing": lambda i, _: (int(i.clock.is_running),),
    "bar": lambda i, now_s: (i.bar_at(now_s),),
    "phrase_bar": lambda i, now_s: ((i.bar_at(now_s) - 1) % BARS + 1 if i.clock.is_running else 0,),
    "coming": lambda i, _: (i.performer.cued.tick // TICKS_PER_BAR + 1 if i.performer.cued else 0,),
    "clock": lambda i, _: (i.clock.summary,),
    "kept": lambda i, _: i.phrases.book.names[:MAX_NAMES],
    "phrase": lambda i, _: (i.phrases.playing_name,),
    "pinned": lambda i, _: (int(i.performer.is_pinned),),
    "learning": lambda i, _: (i.phrases.bars_to_learn,),
    "mapping": lambda i, _: i.mapping.shown,
    "midi_learning": lambda i, _: (i.mapping.learning,),
    "studio": lambda i, _: (i.studio_client.summary,),
    "shelf": lambda i, _: (len(i.performer.shelf),),
}
