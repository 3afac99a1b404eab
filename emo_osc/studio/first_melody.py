"""The melody of the first generator as the source of a stream: sixteen bars for an affect, then sixteen more.

Where the affect changes, the bars from there on are decoded anew, hearing those before, which stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.core.score import BARS
from emo_osc.studio.events import BAR_STEPS
from emo_osc.studio.given_melody import GivenMelody, MelodyBar
from emo_osc.studio.line.proposer import LineProposer
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.studio.variations import FREE_TOKEN

CHANGED = 0.02  # of the plane: nearer affects are one
