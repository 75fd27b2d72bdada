// Gives the names back to a call that was written as short arrays (analyzer/pages/encoding.py).

const SPEAKERS = { a: "agent", c: "customer", o: "other" };

function readCall(row) {
  const [id, scores, intervals, reasons, outcome, sentiment, turns, findings, chances, metadata, model] = row;
  const call = {
    id,
    metadata,
    model,
    outcome: words.resolutions[outcome],
    sentiment: { start: sentiment[0], end: sentiment[1] },
    scores: words.scores.map((score, place) => ({
      ...score,
      value: scores[place],
      interval: intervals[place] || null,
      reasons: reasons[place].map(([points, what, at]) => ({ points, what, turns: at })),
    })),
    turns: turns.map(([speaker, text, start, mood], place) => ({
      number: place + 1, speaker: SPEAKERS[speaker], text, start, sentiment: mood, findings: [],
    })),
  };
  call.findings = findings.map(([turn, label, confidence, from, to, why, quote], place) => ({
    place, turn, label: words.labels[label], confidence, from, to, why,
    quote: quote ?? cut(call.turns[turn - 1], from, to),
  }));
  for (const finding of call.findings) call.turns[finding.turn - 1]?.findings.push(finding);
  call.chances = chances.map((row) => readChance(call, row));
  return call;
}

function readChance(call, row) {
  const [turn, kind, outcome, by, confidence, from, to, opened, answered, expected, suggestion, quote] = row;
  return {
    turn, by: by || null, confidence, suggestion,
    kind: words.kinds[kind].name,
    opens: words.kinds[kind].opens,
    outcome: words.outcomes[outcome],
    expected: expected || words.kinds[kind].due,
    openedBy: opened.map((label) => words.labels[label].title),
    answeredBy: answered.map((label) => words.labels[label].title),
    quote: quote ?? cut(call.turns[turn - 1], from, to),
  };
}

// Offsets count characters as Python does; strings here count UTF-16 units.
function characters(text) {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
}

function piece(chars, from, to) {
  const part = chars.slice(from, to);
  return typeof part === "string" ? part : part.join("");
}

function cut(turn, from, to) {
  return turn && turn.text !== null ? piece(characters(turn.text), from, to) : "";
}

// Where a chance ended: at the turn that answered it, or where the time to answer it ran out.
function endOf(call, chance) {
  if (chance.by) return chance.by;
  let agentTurns = 0;
  for (const turn of call.turns.slice(chance.turn)) {
    if (turn.speaker === "agent") agentTurns += 1;
    if (agentTurns === words.answerWithin) return turn.number;
  }
  return call.turns.length;
}

// The agent's turn in which a missed or half-taken chance could have been answered.
function couldHave(call, chance) {
  const next = call.turns.slice(chance.turn).find((turn) => turn.speaker === "agent");
  return next ? next.number : chance.turn;
}
