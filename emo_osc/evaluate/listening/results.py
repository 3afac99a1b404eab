"""Results of listening tests: shares of right answers with intervals, confusions, consistency of raters."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from emo_osc.evaluate.listening.answers import Answer
from emo_osc.evaluate.listening.chance import answers_above_chance, answers_for_width, by_rater, fewest_right, wilson
from emo_osc.evaluate.listening.trials import CHOICES, FIVE, KINDS, QUESTIONS, TWO

Row = dict[str, float]
Table = dict[str, Row]
CHANCE = {form: 1 / len(choices) for form, choices in CHOICES.items()}
WORTH_HEARING = {FIVE: (0.9, 0.8, 0.7, 0.6, 0.5, 0.4), TWO: (0.9, 0.8, 0.75, 0.7, 0.65, 0.6)}
WIDTHS = (0.05, 0.1, 0.15)


def result_tables(answers: Sequence[Answer]) -> dict[str, Table]:
    """All tables of a set of answers; repeated trials count for the consistency of raters only.

    `low`, `high` are Wilson's 95 % interval; `low r`, `high r` the bootstrap interval over raters, with two raters or
    more; `luck` is the least share of `n` answers that is significantly above chance (5 %), above 1 where `n` is too
    small.
    """
    first = [answer for answer in answers if not answer.repeat]
    five = [answer for answer in first if answer.form == FIVE]
    two = [answer for answer in first if answer.form == TWO]
    tables = {
        "which feeling": _grouped(five, _five_groups(five)),
        "which is higher": _grouped(two, _two_groups(two)),
        **{f"taken for, {kind}": _confusion([a for a in five if a.kind == kind]) for kind in KINDS},
        "the same answer again": _consistency(answers),
        "raters": _raters(first),
    }
    return {title: table for title, table in tables.items() if table}


def size_tables() -> dict[str, Table]:
    """Sample sizes: to show a share above chance with power 0.8, and for an interval of a given half width."""
    tables: dict[str, Table] = {}
    for form, truths in WORTH_HEARING.items():
        sizes = {f"{truth:g}": answers_above_chance(truth, CHANCE[form]) for truth in truths}
        tables[f"answers that show a share above {CHANCE[form]:g} ({form})"] = {
            truth: {"answers": float(total), "right": float(right)} for truth, (total, right) in sizes.items()
        }
    tables["answers for an interval this narrow, to either side (by share)"] = {
        f"{width:g}": {f"{share:g}": float(answers_for_width(width, share)) for share in (0.5, 0.8, 0.9)}
        for width in WIDTHS
    }
    return tables


def _five_groups(five: Sequence[Answer]) -> Mapping[str, list[Answer]]:
    groups: dict[str, list[Answer]] = {}
    for kind in KINDS:
        of_kind = [answer for answer in five if answer.kind == kind]
        groups[f"{kind}, all"] = of_kind
        groups |= {f"{kind}, {name}": [a for a in of_kind if a.target == name] for name in CHOICES[FIVE]}
    return groups


def _two_groups(two: Sequence[Answer]) -> Mapping[str, list[Answer]]:
    return {
        f"{kind}, {axis}": [answer for answer in two if (answer.kind, answer.question) == (kind, axis)]
        for kind in KINDS
        for axis in QUESTIONS[1:]
    }


def _grouped(answers: Sequence[Answer], groups: Mapping[str, list[Answer]]) -> Table:
    return {name: _share(group) for name, group in groups.items() if group} if answers else {}


def _share(answers: Sequence[Answer]) -> Row:
    right, total = sum(answer.is_right for answer in answers), len(answers)
    row = _with_interval(right, total)
    clustered = by_rater(list(_by_rater(answers).values()))
    if clustered:
        row |= {"low r": round(clustered[0], 3), "high r": round(clustered[1], 3)}
    threshold = fewest_right(total, CHANCE[answers[0].form]) / total
    return row | {"luck": round(threshold, 3), "n": float(total)}


def _with_interval(right: int, total: int) -> Row:
    low, high = wilson(right, total)
    return {"share": round(right / total, 3), "low": round(low, 3), "high": round(high, 3)}


def _confusion(five: Sequence[Answer]) -> Table:
    """Counts; rows are targets, columns choices."""
    counts = Counter((answer.target, answer.choice) for answer in five)
    meant = [name for name in CHOICES[FIVE] if any(target == name for target, _ in counts)]
    return {target: {choice: float(counts[target, choice]) for choice in CHOICES[FIVE]} for target in meant}


def _consistency(answers: Sequence[Answer]) -> Table:
    """The share of repeated trials that a rater answered in the same way."""
    table: Table = {}
    for form in CHOICES:
        votes: dict[str, list[bool]] = defaultdict(list)
        once = {_trial(a): a.is_right if form == TWO else a.choice for a in answers if a.form == form and not a.repeat}
        for again in answers:
            if again.form == form and again.repeat and _trial(again) in once:
                said = again.is_right if form == TWO else again.choice
                votes[again.rater].append(said == once[_trial(again)])
        total, same = sum(map(len, votes.values())), sum(map(sum, votes.values()))
        if total:
            table[form] = _with_interval(same, total) | {"n": float(total)}
    return table


def _trial(answer: Answer) -> tuple[str, ...]:
    """A key that a trial and its repeat share: test, rater, question, and the sorted clips."""
    return (answer.test, answer.rater, answer.question, *sorted(answer.clip.split("+")))


def _raters(answers: Sequence[Answer]) -> Table:
    """Each rater's shares of right answers and median time; shares at chance level suggest inattention."""
    table: Table = {}
    for rater in dict.fromkeys(answer.rater for answer in answers):
        own = [answer for answer in answers if answer.rater == rater]
        row = {form: _mean([a.is_right for a in own if a.form == form and a.kind == "made"]) for form in CHOICES}
        known = {form: share for form, share in row.items() if share is not None}
        seconds = sorted(answer.ms / 1000 for answer in own)[len(own) // 2]
        table[rater] = known | {"median s": round(seconds, 1), "n": float(len(own))}
    return table


def _mean(votes: Sequence[bool]) -> float | None:
    return round(sum(votes) / len(votes), 3) if votes else None


def _by_rater(answers: Sequence[Answer]) -> dict[str, list[bool]]:
    votes: dict[str, list[bool]] = defaultdict(list)
    for answer in answers:
        votes[answer.rater].append(answer.is_right)
    return votes
