"""What patches and layouts say, in English and Korean: the same words as on the pad in a browser."""

from emo_osc.core.affect import Mood

WORDS: dict[str, str] = {
    "play": "재생",
    "continue": "이어서",
    "stop": "정지",
    "again": "이전",
    "next": "다음",
    "mutate": "변주",
    "keep": "간직",
    "learn": "배우기",
    "panic": "소리 끄기",
    "tap": "탭",
    "tempo": "템포",
    "quantize": "바뀌는 자리",
    "key": "조",
    "scale": "음계",
    "intensity": "강도",
    "density": "밀도",
    "register": "음역",
    "swing": "스윙",
    "gate": "음 길이",
    "humanize": "사람답게",
    "chords": "화음",
    "bass": "베이스",
}


def mood_label(mood: Mood) -> str:
    """A mood's own Korean name beside its id.

    >>> from emo_osc.core.affect import MOODS
    >>> mood_label(MOODS[1])
    '밝음 bright'
    """
    return f"{mood.aliases[0]} {mood.id}"


def label(name: str) -> str:
    """A command or a value in both languages.

    >>> label("next")
    '다음 next'
    """
    return f"{WORDS[name]} {name}"
