// The codebook's words, and the signs that tell its families apart without colour.

let words = null;

function learnVocabulary(element) {
  words = JSON.parse(element.textContent);
  words.label = new Map(words.labels.map((label) => [label.name, label]));
  words.flags = words.labels.filter((label) => !["cue", "care"].includes(label.family));
}

const SIGNS = {
  scripted: "≡", uncaring: "∅", dismissive: "▼", care: "♥", cue: "◆", routine: "·",
};
const OUTCOME_SIGNS = { seized: "✓", partial: "◐", missed: "✗" };
const FAMILY_WORDS = {
  scripted: "scripted language",
  uncaring: "uncaring language",
  dismissive: "dismissive language",
  care: "care",
  cue: "customer cue",
  routine: "routine line",
};

// Boilerplate costs nothing where it stands, so it is shown apart from what harms.
function familyOf(label) {
  return label.name === "boilerplate" ? "routine" : label.family;
}

function isHarmful(label) {
  return !["cue", "care"].includes(label.family) && label.name !== "boilerplate";
}
