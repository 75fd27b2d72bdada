// The call's opportunities as a list: what opened each, what was due, what could have been said.

function chanceList(call, goTo) {
  if (!call.chances.length) return null;
  const order = { missed: 0, partial: 1, seized: 2 };
  const cards = [...call.chances.entries()]
    .sort(([, a], [, b]) => order[a.outcome] - order[b.outcome] || a.turn - b.turn)
    .map(([place, chance], position) => chanceCard(call, chance, place, goTo, position === 0));
  return h("section", { class: "chances", "aria-label": "Opportunities" }, h("h2", {}, "Chances to turn it round"), cards);
}

function chanceCard(call, chance, place, goTo, first) {
  const end = endOf(call, chance);
  const sure = chance.confidence < 1 ? `, ${percent(chance.confidence)} sure` : "";
  const ended = { seized: "answered at turn", partial: "half-answered at turn", missed: "lost by turn" }[chance.outcome];
  return h("details", { class: `chance ${chance.outcome}`, open: first && chance.outcome === "missed" },
    h("summary", {},
      h("span", { "aria-hidden": "true", class: "sign" }, OUTCOME_SIGNS[chance.outcome]),
      h("strong", {}, chance.kind), h("span", { class: "became" }, chance.outcome)),
    chance.quote && h("p", { class: "quote" }, h("q", {}, chance.quote)),
    h("p", {}, `The customer ${chance.opens}${sure}. Due: ${chance.expected}.`),
    chance.answeredBy.length ? h("p", {}, `Came: ${chance.answeredBy.join(", ")}.`) : null,
    chance.suggestion && h("p", { class: "could" }, h("span", { class: "lead" }, "Could have been said "), chance.suggestion),
    h("p", { class: "act" },
      h("button", { type: "button", class: "quiet follow", "data-chance": place, onclick: () => goTo(chance.turn, place) }, `Opened at turn ${chance.turn}`),
      h("button", { type: "button", class: "quiet follow", "data-chance": place, onclick: () => goTo(end, place) }, `${ended} ${end}`)));
}
