// Scores with their intervals, and the reasons that add up to each.

function scoreList(call, goTo) {
  return h("section", { class: "scores", "aria-label": "Scores" },
    h("h2", {}, "Scores"),
    call.scores.map((score) => scoreRow(score, goTo)),
    call.scores.some((score) => score.interval) && h("p", { class: "hint" }, "Bands are 80 % intervals."));
}

function scaleOf(score) {
  return score.name === "csat" ? [1, 5] : [0, 100];
}

function shownScore(score, value = score.value) {
  return score.name === "csat" ? value.toFixed(1) : String(Math.round(value));
}

function scoreRow(score, goTo) {
  const [low, high] = scaleOf(score);
  const at = (value) => `${(100 * (value - low)) / (high - low)}%`;
  const band = score.interval && h("i", {
    class: "band", style: { left: at(score.interval[0]), width: `calc(${at(score.interval[1])} - ${at(score.interval[0])})` },
  });
  const spoken = score.interval
    ? `, interval ${shownScore(score, score.interval[0])} to ${shownScore(score, score.interval[1])}` : "";
  const head = [
    h("span", { class: "name" }, score.name),
    h("span", { class: "gauge", "aria-hidden": "true" }, band, h("i", { class: "dot", style: { left: at(score.value) } })),
    h("span", { class: "value" }, shownScore(score), unseen(` of ${high}${spoken}`)),
  ];
  if (!score.reasons.length) return h("div", { class: "score", title: meaning(score) }, head);
  return h("details", { class: "score" },
    h("summary", {}, head),
    h("p", { class: "hint" }, meaning(score)),
    reasonList(score, goTo));
}

function meaning(score) {
  return `Low: ${score.low}. Middle: ${score.middle}. High: ${score.high}.`;
}

// Each bar starts where the last one ended, so that the last one ends at the score.
function reasonList(score, goTo) {
  const [low, high] = scaleOf(score);
  const digits = score.name === "csat" ? 1 : 0;
  let sum = 0;
  const rows = strongest(score.reasons).map((reason, place) => {
    const first = place === 0 && !reason.turns.length;
    const from = first ? low : sum;
    sum += reason.points;
    const [a, b] = [Math.min(from, sum), Math.max(from, sum)].map((x) => Math.max(low, Math.min(high, x)));
    return h("li", { class: first ? "base" : reason.points < 0 ? "lowers" : "raises" },
      h("span", { class: "points" }, first ? reason.points.toFixed(digits) : signed(reason.points, digits)),
      h("span", { class: "what" }, reason.what, reason.turns.length ? " " : "", [...new Set(reason.turns)].slice(0, 6).map((turn) => turnLink(turn, goTo))),
      h("span", { class: "gauge", "aria-hidden": "true" }, h("i", {
        class: "step", style: { left: `${(100 * (a - low)) / (high - low)}%`, width: `${(100 * (b - a)) / (high - low)}%` },
      })));
  });
  return h("ol", { class: "reasons" }, rows);
}

const REASONS_SHOWN = 8;

// The average call first, then the strongest parts; the rest in one sum.
function strongest(reasons) {
  const [average, ...parts] = reasons;
  if (parts.length <= REASONS_SHOWN) return reasons;
  parts.sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
  const rest = parts.slice(REASONS_SHOWN);
  const points = rest.reduce((total, part) => total + part.points, 0);
  return [average, ...parts.slice(0, REASONS_SHOWN), { points, what: `${rest.length} smaller parts`, turns: [] }];
}

function turnLink(turn, goTo) {
  return h("button", { type: "button", class: "turn-link", "aria-label": `Go to turn ${turn}`, onclick: () => goTo(turn) }, String(turn));
}
