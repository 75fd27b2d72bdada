// The conversation: one row a turn, with brackets on its left and the sentiment line on its right.

function transcript(call) {
  const brackets = layBrackets(call);
  const lanes = Math.max(0, ...brackets.map((one) => one.lane + 1));
  const path = sentimentPath(call);
  const hasMood = call.turns.some((turn) => turn.sentiment !== null && turn.sentiment !== undefined);
  const rows = call.turns.map((turn, place) => h("li", {
    class: `turn ${turn.speaker}`, id: `turn-${turn.number}`, tabindex: "-1",
  },
  bracketLane(turn.number, brackets, lanes),
  h("div", { class: "said" },
    h("p", { class: "who" },
      h("a", { class: "number", href: `#call=${encodeURIComponent(call.id)}&turn=${turn.number}`, "aria-label": `Link to turn ${turn.number}` }, turn.number),
      h("span", { class: "speaker" }, turn.speaker === "other" ? "system" : turn.speaker),
      turn.start !== null && h("time", {}, clock(turn.start)),
      copyButton("Copy note", () => turnNote(call, turn), { "aria-label": `Copy turn ${turn.number} as a coaching note` })),
    h("p", { class: "words", dir: "auto" }, markedText(turn)),
    h("div", { class: "ends" }, bracketNotes(turn.number, brackets)),
    suggestions(call, turn.number)),
  hasMood && sentimentLane(turn, place, path)));
  return h("div", { class: "talk", "--lanes": lanes },
    hasMood && h("p", { class: "mood-scale", "aria-hidden": "true" }, h("span", {}, "−2"), h("span", {}, "mood"), h("span", {}, "+2")),
    h("ol", { class: "turns", "aria-label": "Conversation" }, rows));
}

function suggestions(call, number) {
  return call.chances
    .filter((chance) => chance.suggestion && chance.outcome !== "seized" && couldHave(call, chance) === number)
    .map((chance) => h("p", { class: "could" },
      h("span", { class: "lead" }, `Could have been said (${chance.kind}) `), chance.suggestion));
}

// Toggles that show or hide a family's marks; they are the legend, too.
function legend(root, call) {
  const count = new Map();
  for (const finding of call.findings) {
    const family = familyOf(finding.label);
    count.set(family, (count.get(family) ?? 0) + 1);
  }
  const buttons = Object.keys(SIGNS).filter((family) => count.has(family)).map((family) => h("button", {
    type: "button", class: `tag f-${family}`, "aria-pressed": "true",
    onclick: (event) => {
      const on = event.currentTarget.getAttribute("aria-pressed") !== "true";
      event.currentTarget.setAttribute("aria-pressed", String(on));
      root.classList.toggle(`hide-${family}`, !on);
    },
  }, h("span", { "aria-hidden": "true", class: "sign" }, SIGNS[family]), `${FAMILY_WORDS[family]} ${count.get(family)}`));
  return buttons.length ? h("div", { class: "legend", role: "group", "aria-label": "Show in the talk" }, buttons) : null;
}
