// The list's figures, a column an entry (analyzer/pages/batch.py), and the ways to filter and sort it.

let index = null;
let placeOfCall = null;

function learnIndex(element) {
  index = JSON.parse(element.textContent);
  placeOfCall = new Map(index.id.map((id, place) => [id, place]));
}

function scoreColumn(name) {
  return index.scores[words.scores.findIndex((score) => score.name === name)];
}

const SORTS = {
  listen: ["Most worth a listen", (place) => -index.listen[place]],
  empathy: ["Empathy, lowest first", (place) => scoreColumn("empathy")[place]],
  "-empathy": ["Empathy, highest first", (place) => -scoreColumn("empathy")[place]],
  csat: ["Satisfaction, lowest first", (place) => scoreColumn("csat")[place]],
  missed: ["Most chances missed", (place) => -index.missed[place]],
  harmful: ["Most flags", (place) => -index.harmful[place]],
  newest: ["Newest", (place) => -(index.began[place] ?? -Infinity)],
  oldest: ["Oldest", (place) => index.began[place] ?? Infinity],
  longest: ["Longest", (place) => -index.turns[place]],
  id: ["Order of the batch", (place) => place],
};

// Each filter turns its value into a test of one call.
const FILTERS = {
  flag: (value) => {
    const names = words.flags.filter((label) => label.name !== "boilerplate"
      && (value === "any" || label.family === value) || label.name === value);
    const bits = names.reduce((sum, label) => sum | (1 << words.flags.indexOf(label)), 0);
    return (place) => (index.flags[place] & bits) !== 0;
  },
  chance: (value, all) => {
    const kinds = value === "any" ? words.kinds.map((_, kind) => kind) : [words.kinds.findIndex((kind) => kind.name === value)];
    const outcomes = all.became ? [words.outcomes.indexOf(all.became)] : [0, 1, 2];
    const bits = kinds.reduce((sum, kind) => outcomes.reduce((more, outcome) => more | (1 << (3 * kind + outcome)), sum), 0);
    return (place) => (index.chances[place] & bits) !== 0;
  },
  outcome: (value) => {
    const number = words.resolutions.indexOf(value);
    return (place) => index.outcome[place] === number;
  },
  start: (value) => (place) => index.start[place] !== null && moodOf(index.start[place]) === value,
  end: (value) => (place) => index.end[place] !== null && moodOf(index.end[place]) === value,
  score: (value, all) => {
    const column = scoreColumn(value);
    const scale = (given) => (value === "csat" && given > 5 ? 1 + given / 25 : given);
    const low = all.min ? Number(all.min) : -Infinity;
    const high = all.max ? Number(all.max) : Infinity;
    const stretched = value === "csat" && high > 5;
    const [from, to] = stretched ? [1 + low / 25, 1 + high / 25] : [low, high];
    const last = scale(high) >= (value === "csat" ? 5 : 100);
    return (place) => column[place] >= from && (column[place] < to || (last && column[place] <= to));
  },
};

function chosen(state, texts = null) {
  const tests = [];
  for (const [name, make] of Object.entries(FILTERS)) if (state[name]) tests.push(make(state[name], state));
  if (state.became && !state.chance) tests.push(FILTERS.chance("any", state));
  if (!state.score && (state.min || state.max)) tests.push(FILTERS.score("empathy", state));
  for (const [name, facet] of Object.entries(index.facets)) {
    if (!state[name]) continue;
    const number = facet.values.indexOf(state[name]);
    tests.push((place) => facet.of[place] === number);
  }
  if (texts) tests.push((place) => texts.has(place));
  const found = [];
  for (let place = 0; place < index.id.length; place += 1) {
    if (tests.every((test) => test(place))) found.push(place);
  }
  const [, key] = SORTS[state.sort] ?? SORTS.listen;
  const keys = new Map(found.map((place) => [place, key(place)]));
  return found.sort((a, b) => keys.get(a) - keys.get(b) || a - b);
}

// A call's value of a facet, or an empty text.
function facetOf(name, place) {
  const facet = index.facets[name];
  return facet && facet.of[place] >= 0 ? facet.values[facet.of[place]] : "";
}
