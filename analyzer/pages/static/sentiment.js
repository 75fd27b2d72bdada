// The customer's sentiment as a line beside the talk: each turn draws its own stretch of it.

function sentimentPath(call) {
  const known = call.turns
    .map((turn, place) => ({ at: place + 0.5, value: turn.sentiment }))
    .filter((point) => point.value !== null && point.value !== undefined);
  return (at) => {
    if (!known.length || at < known[0].at || at > known.at(-1).at) return null;
    const next = known.findIndex((point) => point.at >= at);
    const b = known[next];
    const a = known[next - 1] ?? b;
    const share = b.at === a.at ? 0 : (at - a.at) / (b.at - a.at);
    return a.value + share * (b.value - a.value);
  };
}

const across = (sentiment) => ((sentiment + 2) / 4) * 84 + 8;

function sentimentLane(turn, place, path) {
  const [top, middle, bottom] = [path(place), path(place + 0.5), path(place + 1)];
  const stretches = [[top, 0, middle, 50], [middle, 50, bottom, 100]]
    .filter(([from, , to]) => from !== null && to !== null)
    .map(([from, y1, to, y2]) => s("line", {
      x1: across(from), y1, x2: across(to), y2, "vector-effect": "non-scaling-stroke",
    }));
  const lane = h("div", { class: "mood" },
    s("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" }, ...stretches));
  if (turn.sentiment !== null && turn.sentiment !== undefined) {
    lane.append(h("span", {
      class: `point ${moodOf(turn.sentiment)}`,
      style: { left: `${across(turn.sentiment)}%` },
      title: `sentiment ${moodNumber(turn.sentiment)}`,
    }, unseen(`Sentiment ${moodNumber(turn.sentiment)} of −2 to 2.`)));
  }
  return lane;
}

function moodOf(sentiment) {
  if (sentiment <= -0.5) return "upset";
  return sentiment >= 0.5 ? "content" : "neutral";
}

function moodNumber(sentiment) {
  return sentiment === 0 ? "0" : signed(sentiment, Number.isInteger(sentiment) ? 0 : 1);
}
