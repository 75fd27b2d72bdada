// A turn's words with its findings marked: underlined in the manner of their family, tagged by name.

const SEVERITY = ["dismissive", "uncaring", "scripted", "care", "cue", "routine"];

function markedText(turn) {
  if (turn.text === null) {
    return [h("span", { class: "left-out" }, "Words left out on request."), " ", turn.findings.map(tagOf)];
  }
  const chars = characters(turn.text);
  const edges = new Set([0, chars.length]);
  for (const finding of turn.findings) edges.add(inside(finding.from, chars)).add(inside(finding.to, chars));
  const cuts = [...edges].sort((a, b) => a - b);
  const parts = [];
  cuts.slice(0, -1).forEach((from, place) => {
    const to = cuts[place + 1];
    const over = turn.findings.filter((finding) => finding.from <= from && finding.to >= to);
    parts.push(marked(piece(chars, from, to), over));
    const ending = turn.findings.filter((finding) => inside(finding.to, chars) === to && finding.from < to);
    if (ending.length) parts.push(h("span", { class: "tags" }, ending.map(tagOf)));
  });
  const lost = turn.findings.filter((finding) => inside(finding.to, chars) <= inside(finding.from, chars));
  return [...parts, lost.map(tagOf)];
}

function inside(place, chars) {
  return Math.max(0, Math.min(place, chars.length));
}

function marked(text, findings) {
  if (!findings.length) return text;
  const families = findings.map((finding) => familyOf(finding.label));
  const strongest = SEVERITY.find((family) => families.includes(family));
  return h("mark", {
    class: `f-${strongest}`,
    "data-families": [...new Set(families)].join(" "),
    "data-finding": findings.map((finding) => finding.place).join(" "),
  }, text);
}

function tagOf(finding) {
  const family = familyOf(finding.label);
  return h("button", {
    type: "button",
    class: `tag f-${family}`,
    "data-families": family,
    "data-finding": finding.place,
    "aria-expanded": "false",
  },
  h("span", { "aria-hidden": "true", class: "sign" }, SIGNS[family]), finding.label.title,
  unseen(`, ${FAMILY_WORDS[family]}, ${percent(finding.confidence)} sure`));
}
