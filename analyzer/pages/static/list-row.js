// One call in the list.

function listRow(place, position, count) {
  const empathy = scoreColumn("empathy")[place];
  const interval = index.interval[place];
  const who = [facetOf("agent", place), facetOf("team", place), dateOf(place)].filter(Boolean).join(" · ");
  const missed = missedKinds(place);
  const families = flagFamilies(place);
  return h("li", { class: "row", "data-position": position, "aria-setsize": count, "aria-posinset": position + 1 },
    h("a", { href: callAddress(index.id[place]), tabindex: "-1" },
      h("span", { class: "mark" },
        h("span", { class: "value" }, unseen("Empathy "), Math.round(empathy)),
        h("span", { class: "gauge", "aria-hidden": "true" },
          interval && h("i", { class: "band", style: { left: `${interval[0]}%`, width: `${interval[1] - interval[0]}%` } }),
          h("i", { class: "dot", style: { left: `${empathy}%` } }))),
      h("span", { class: "main" },
        h("span", { class: "title" }, h("b", {}, index.id[place]), who && h("span", { class: "whose" }, ` ${who}`)),
        h("span", { class: "preview" }, index.preview[place] || plural(index.turns[place], "turn"))),
      h("span", { class: "signs" },
        missed.length ? h("span", { class: "sign-missed" }, h("span", { "aria-hidden": "true" }, "✗ "), unseen("Missed: "), missed.join(", ")) : null,
        families.map((family) => h("span", { class: `sign-family f-${family}` }, h("span", { "aria-hidden": "true" }, `${SIGNS[family]} `), family))),
      h("span", { class: "ending" }, h("span", { class: "outcome" }, words.resolutions[index.outcome[place]]), moodPath(place))));
}

function moodPath(place) {
  const [start, end] = [index.start[place], index.end[place]];
  if (start === null || end === null) return null;
  return h("span", { class: "mood-path" }, unseen("Sentiment "), moodNumber(start), h("span", { "aria-hidden": "true" }, " → "), unseen(" to "), moodNumber(end));
}

function missedKinds(place) {
  const missed = words.outcomes.indexOf("missed");
  return words.kinds.filter((_, kind) => index.chances[place] & (1 << (3 * kind + missed))).map(({ name }) => name);
}

function flagFamilies(place) {
  const families = words.flags.filter((label, bit) => label.name !== "boilerplate" && index.flags[place] & (1 << bit)).map((label) => label.family);
  return ["dismissive", "uncaring", "scripted"].filter((family) => families.includes(family));
}

function dateOf(place) {
  const began = index.began[place];
  return began === null ? "" : new Date(began * 1000).toISOString().slice(0, 10);
}
