"""Forms: read off melodies, drawn by seed, kept by slots."""

import numpy as np
import torch

from emo_osc.studio.forms import drawn_forms, forms_of, repeating


def melody(letters: str) -> np.ndarray:
    """Tokens of sixteen bars; equal letters are equal bars."""
    return np.array([token for letter in letters for token in [ord(letter) - 20] + [0] * 15])


def test_a_form_names_the_first_bar_equal_to_each() -> None:
    forms = forms_of(np.stack([melody("abacabadabacabae"), melody("abcdefghijklmnop")]))
    assert forms[0].tolist() == [0, 1, 0, 3, 0, 1, 0, 7, 0, 1, 0, 3, 0, 1, 0, 15]
    assert forms[1].tolist() == list(range(16))


def test_a_seed_draws_its_form_whatever_the_others() -> None:
    bank = torch.arange(64, dtype=torch.uint8).view(4, 16)
    together, alone = drawn_forms(bank, [5, 6, 7]), drawn_forms(bank, [6])
    assert torch.equal(together[1:2], alone)
    assert len({tuple(row) for row in drawn_forms(bank, range(40)).tolist()}) == 4


def test_a_repeating_bar_takes_the_slot_of_the_bar_it_repeats() -> None:
    slots, drawn = torch.tensor([[[1.0], [2.0]], [[3.0], [4.0]]]), torch.tensor([[9.0], [8.0]])
    form = torch.tensor([[0, 1, 0], [0, 1, 2]])
    assert repeating(slots, 2, form, drawn).tolist() == [[1.0], [8.0]]
    assert repeating(slots[:, :0], 0, form, drawn).tolist() == [[9.0], [8.0]]
