// What the page says, in English and Korean. Values the tables add later are shown by their own names.

const WORDS = {
  en: {
    pad: "Feeling: valence and arousal",
    pad_help: "Arrow keys move the feeling, with shift in wide steps. Letters call the moods, space plays and stops.",
    moods: "Moods", roll: "Piano roll", transport: "Transport", health: "Health", kept: "Kept phrases",
    excited: "excited", calm: "calm", unpleasant: "unpleasant", pleasant: "pleasant",
    play: "Play", continue: "Continue", stop: "Stop", again: "Back", next: "Next", mutate: "Vary", panic: "Panic",
    slower: "Slower", faster: "Faster", tap: "Tap",
    quantize: "Changes land on", key: "Key", scale: "Scale", preset: "Preset", tempo: "Tempo",
    goto: "Reach it in", at_once: "at once",
    teach: "Learning", learn: "Learn a phrase", learning: "Learning, {0}", forget: "Forget",
    keep: "Keep", keep_name: "name this phrase", recall: "Recall {0}", nothing_kept: "Phrases you keep wait here.",
    midi_learn: "MIDI learn", learn_pick: "Touch the slider, mood or button that a MIDI control should move.",
    learn_move: "{0}: now move the knob, within 30 seconds.", learned: "{0} is moved by {1}",
    learn_forget: "{0} moves {1}; touch to end that",
    plays_now: "Now", waiting: "another phrase enters in {0}", bars_one: "1 bar", bars: "{0} bars", place: "bar {0} of 16",
    standing: "standing", pinned: "pinned", more: "Channels and latency",
    timing: "Timing", delay_ms: "delay, ms", count: "count",
    datagram: "message to MIDI", schedule: "note to MIDI", clock: "MIDI clock", studio: "order to melody",
    fact_clock: "Clock", fact_midi_out: "MIDI out", fact_midi_in: "MIDI in", fact_studio: "Studio",
    fact_shelf: "Melodies ready", fact_realtime: "Real-time priority", fact_received: "Messages",
    fact_dropped: "Lost in floods", fact_trip: "This page to the stage and back", yes: "yes", no: "no",
    lamp_stage: "stage", lamp_studio: "studio", lamp_clock: "clock",
    lost_server: "No connection to emo_osc. Trying again; the music goes on.",
    lost_stage: "The stage does not answer.",
    spoken: "{0}, valence {1}, arousal {2}", now_playing: "Playing", now_standing: "Stopped",
    lands: "{0}: in bar {1}",
    now: "now", "1/16": "1/16", beat: "beat", bar: "bar", "2bars": "2 bars", "4bars": "4 bars", "8bars": "8 bars",
    "16bars": "16 bars", auto: "auto", current: "as started",
    valence: "Valence", arousal: "Arousal",
    intensity: "Intensity", density: "Density", register: "Register", velocity: "Loudness", gate: "Length",
    swing: "Swing", humanize: "Humanize", evolve: "Evolve", tempo_follow: "Tempo follows", chords: "Chords", bass: "Bass",
    auto_accompany: "Accompany what stays",
    transpose: "Transpose", latency_ms: "Sent early, ms", channel: "Melody channel", chords_channel: "Chords channel",
    bass_channel: "Bass channel",
    roll_says: "{0} notes in sixteen bars", roll_empty: "Nothing to play yet",
  },
  ko: {
    pad: "감정: 쾌·불쾌와 각성",
    pad_help: "화살표 키로 감정을 옮기고, 시프트와 함께 누르면 크게 움직입니다. 글자 키는 무드, 스페이스는 재생과 정지입니다.",
    moods: "무드", roll: "피아노 롤", transport: "재생", health: "상태", kept: "간직한 프레이즈",
    excited: "흥분", calm: "차분", unpleasant: "불쾌", pleasant: "유쾌",
    play: "재생", continue: "이어서", stop: "정지", again: "이전", next: "다음", mutate: "변주", panic: "소리 끄기",
    slower: "느리게", faster: "빠르게", tap: "탭",
    quantize: "바뀌는 자리", key: "조", scale: "음계", preset: "프리셋", tempo: "템포",
    goto: "도달까지", at_once: "바로",
    teach: "배우기", learn: "배우기", learning: "배우는 중, {0}", forget: "잊기",
    keep: "간직", keep_name: "프레이즈 이름", recall: "{0} 다시 듣기", nothing_kept: "간직한 프레이즈가 여기에 모입니다.",
    midi_learn: "MIDI 연결", learn_pick: "MIDI로 움직일 슬라이더, 무드, 버튼을 누르세요.",
    learn_move: "{0}: 30초 안에 노브를 움직이세요.", learned: "{0}: 이제 {1}로 움직입니다",
    learn_forget: "{0}로 {1}을(를) 움직입니다. 누르면 풀립니다",
    plays_now: "지금", waiting: "{0} 뒤에 다음 프레이즈", bars_one: "1마디", bars: "{0}마디", place: "16마디 중 {0}",
    standing: "멈춤", pinned: "고정", more: "채널과 지연",
    timing: "타이밍", delay_ms: "지연, ms", count: "횟수",
    datagram: "메시지에서 MIDI까지", schedule: "음에서 MIDI까지", clock: "MIDI 클록", studio: "주문에서 멜로디까지",
    fact_clock: "클록", fact_midi_out: "MIDI 출력", fact_midi_in: "MIDI 입력", fact_studio: "스튜디오",
    fact_shelf: "준비된 멜로디", fact_realtime: "실시간 우선순위", fact_received: "받은 메시지",
    fact_dropped: "넘쳐서 잃은 것", fact_trip: "이 화면과 스테이지 왕복", yes: "예", no: "아니요",
    lamp_stage: "스테이지", lamp_studio: "스튜디오", lamp_clock: "클록",
    lost_server: "emo_osc와 연결이 끊겼습니다. 다시 잇는 중이며 음악은 이어집니다.",
    lost_stage: "스테이지가 대답하지 않습니다.",
    spoken: "{0}, 쾌 {1}, 각성 {2}", now_playing: "재생 중", now_standing: "멈춤",
    lands: "{0}: {1}마디에서",
    now: "바로", "1/16": "1/16", beat: "박", bar: "마디", "2bars": "2마디", "4bars": "4마디", "8bars": "8마디",
    "16bars": "16마디", auto: "자동", current: "시작할 때",
    valence: "쾌·불쾌", arousal: "각성",
    intensity: "강도", density: "밀도", register: "음역", velocity: "세기", gate: "음 길이",
    swing: "스윙", humanize: "사람답게", evolve: "변화", tempo_follow: "템포 따라가기", chords: "화음", bass: "베이스",
    auto_accompany: "자동 반주",
    transpose: "조옮김", latency_ms: "미리 보내기, ms", channel: "멜로디 채널", chords_channel: "화음 채널",
    bass_channel: "베이스 채널",
    roll_says: "열여섯 마디에 음 {0}개", roll_empty: "아직 연주할 것이 없습니다",
  },
};

const SLOT = "emo_osc.language";
let language = "en";

// The language chosen before, else the browser's.
export function startLanguage() {
  let kept = null;
  try { kept = localStorage.getItem(SLOT); } catch { /* a private window keeps nothing */ }
  language = kept in WORDS ? kept : navigator.language?.startsWith("ko") ? "ko" : "en";
  return language;
}

export function switchLanguage() {
  language = language === "en" ? "ko" : "en";
  try { localStorage.setItem(SLOT, language); } catch { /* then it lasts as long as the page */ }
  return language;
}

export const isKorean = () => language === "ko";

// A word by its key, with what stands for {0}, {1} ..; a key without a word is shown with its underscores as spaces.
export function word(key, ...parts) {
  const found = WORDS[language][key] ?? String(key).replaceAll("_", " ");
  return found.replace(/\{(\d)\}/g, (_, index) => parts[index]);
}

// Put the words of the language onto everything that is marked with them.
export function label(root) {
  for (const each of root.querySelectorAll("[data-word]")) each.textContent = word(each.dataset.word);
  for (const each of root.querySelectorAll("[data-label]")) each.setAttribute("aria-label", word(each.dataset.label));
}
