// The colour of a feeling: four corners of the plane, mixed.

const CORNERS = {  // valence, arousal -> red, green, blue
  fierce: [236, 72, 98], joyful: [255, 186, 84], serene: [72, 206, 170], sad: [96, 112, 232],
};
const MIDDLE = [178, 168, 214];

const mix = (a, b, share) => a.map((value, index) => value + (b[index] - value) * share);

// [red, green, blue], 0..255, of a point with both axes in [-1, 1].
export function colourOf(valence, arousal) {
  const right = (valence + 1) / 2, up = (arousal + 1) / 2;
  const upper = mix(CORNERS.fierce, CORNERS.joyful, right), lower = mix(CORNERS.sad, CORNERS.serene, right);
  const strength = Math.min(1, Math.hypot(valence, arousal) * 1.25);
  return mix(MIDDLE, mix(lower, upper, up), strength);
}

export const css = ([red, green, blue], alpha = 1) => `rgba(${red | 0}, ${green | 0}, ${blue | 0}, ${alpha})`;
