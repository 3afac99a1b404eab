// What the audience's page says, in English and Korean. The moods are the nine of emo_osc's own table.

export const MOODS = ["intense", "bright", "lively", "peaceful", "refreshing", "mysterious", "melancholy", "clear", "gloomy"];

const WORDS = {
  en: {
    plane: "Your feeling: right is pleasant, up is excited. Arrow keys move it.", moods: "Moods",
    excited: "excited", calm: "calm", unpleasant: "unpleasant", pleasant: "pleasant",
    hint: "Touch and move:\nwhat should the music feel like?",
    connecting: "Connecting ..", connected: "You are in", lost: "No connection. Trying again ..",
    refused: "The show does not let you in. Trying again ..",
    intense: "intense", bright: "bright", lively: "lively", peaceful: "peaceful", refreshing: "refreshing",
    mysterious: "mysterious", melancholy: "melancholy", clear: "clear", gloomy: "gloomy",
  },
  ko: {
    plane: "당신의 감정: 오른쪽은 유쾌, 위는 흥분입니다. 화살표 키로 움직입니다.", moods: "무드",
    excited: "흥분", calm: "차분", unpleasant: "불쾌", pleasant: "유쾌",
    hint: "화면을 누르고 움직이세요.\n음악이 어떤 느낌이면 좋을까요?",
    connecting: "연결하는 중 ..", connected: "함께하고 있습니다", lost: "연결이 끊겼습니다. 다시 잇는 중 ..",
    refused: "공연에 들어갈 수 없습니다. 다시 시도하는 중 ..",
    intense: "격렬함", bright: "밝음", lively: "발랄함", peaceful: "평화로움", refreshing: "청량함",
    mysterious: "신비로움", melancholy: "우울함", clear: "맑음", gloomy: "암울함",
  },
};

let language = "en";

// The browser's language; nothing is kept between visits.
export function startLanguage() {
  language = navigator.language?.startsWith("ko") ? "ko" : "en";
  return language;
}

export function switchLanguage() {
  language = language === "en" ? "ko" : "en";
  return language;
}

export const word = (key) => WORDS[language][key];

export function label(root) {
  for (const each of root.querySelectorAll("[data-word]")) each.textContent = word(each.dataset.word);
  for (const each of root.querySelectorAll("[data-label]")) each.setAttribute("aria-label", word(each.dataset.label));
}
