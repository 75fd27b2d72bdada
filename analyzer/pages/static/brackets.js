// Opportunities as brackets beside the talk, from where each opened to where it was answered or lost.

function layBrackets(call) {
  const free = [];
  return [...call.chances.entries()]
    .sort(([, a], [, b]) => a.turn - b.turn)
    .map(([place, chance]) => {
      const end = Math.max(endOf(call, chance), chance.turn);
      let lane = free.findIndex((until) => until < chance.turn);
      if (lane < 0) lane = free.length;
      free[lane] = end;
      return { place, chance, lane, from: chance.turn, to: end };
    });
}

function bracketLane(number, brackets, lanes) {
  const cells = Array.from({ length: lanes }, (_, lane) => {
    const here = brackets.find((one) => one.lane === lane && one.from <= number && number <= one.to);
    if (!here) return h("i", { class: "cell" });
    const part = [number === here.from && "opens", number === here.to && "ends"].filter(Boolean).join(" ");
    return h("i", { class: `cell on ${here.chance.outcome} ${part}`, "data-chance": here.place });
  });
  return h("div", { class: "lanes", "aria-hidden": "true" }, cells);
}

// What a turn says of the brackets that open or end in it; each leads to the other end.
function bracketNotes(number, brackets) {
  const notes = [];
  for (const { chance, place, from, to } of brackets) {
    const sign = h("span", { "aria-hidden": "true", class: "sign" }, OUTCOME_SIGNS[chance.outcome]);
    const ending = { seized: "answered", partial: "half-answered", missed: "lost" }[chance.outcome];
    if (number === from) {
      notes.push(h("button", { type: "button", class: `bracket-end ${chance.outcome}`, "data-goto": to, "data-chance": place },
        sign, `${chance.kind} opens: ${ending} at turn ${to}`));
    }
    if (number === to && to !== from) {
      notes.push(h("button", { type: "button", class: `bracket-end ${chance.outcome}`, "data-goto": from, "data-chance": place },
        sign, `${chance.kind} ${ending} (opened at turn ${from})`));
    }
  }
  return notes;
}
