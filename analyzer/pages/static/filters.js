// The form above the list.

function filterForm(form, change) {
  const titles = { agent: "Agent", team: "Team", company: "Company", channel: "Channel" };
  const facets = Object.entries(index.facets).filter(([, facet]) => facet.values.length > 1)
    .map(([name, facet]) => choice(name, titles[name] ?? name, [["", `Any ${name}`], ...facet.values.map((value) => [value, value])]));
  const flags = ["scripted", "uncaring", "dismissive"].map((family) => [family, `Any ${family}`,
    words.flags.filter((label) => label.family === family).map((label) => [label.name, label.title])]);
  const more = h("details", { class: "more-filters" }, h("summary", {}, "Filters", h("span", { class: "count", hidden: true })),
    h("div", { class: "fields" },
      facets,
      grouped("flag", "Flag", [["", "Any or none"], ["any", "Any harmful flag"]], flags),
      choice("chance", "Opportunity", [["", "Any or none"], ["any", "Any kind"], ...words.kinds.map(({ name }) => [name, name])]),
      choice("became", "Became", [["", "Any outcome"], ["missed", "missed"], ["partial", "partial"], ["seized", "seized"]]),
      choice("outcome", "Matter", [["", "Any outcome"], ...words.resolutions.map((name) => [name, name])]),
      choice("start", "Customer came", moods()), choice("end", "Customer left", moods()),
      h("fieldset", { class: "range" }, h("legend", { class: "unseen" }, "Score between"),
        choice("score", "Score", words.scores.map(({ name }) => [name === "empathy" ? "" : name, name])),
        number("min", "from"), number("max", "to"))));
  form.append(
    h("label", { class: "find" }, h("span", {}, "Search"),
      h("input", { type: "search", name: "q", placeholder: index.hasText ? "Words said, or a call's id" : "A call's id", autocomplete: "off" })),
    choice("sort", "Sort", sorts()),
    more,
    h("button", { type: "reset", class: "quiet" }, "Clear"));
  // The folded form stands open where there is room for it.
  more.open = matchMedia("(min-width: 720px)").matches;
  const send = () => change(Object.fromEntries(new FormData(form)));
  let soon = 0;
  form.addEventListener("input", (event) => {
    clearTimeout(soon);
    soon = setTimeout(send, event.target.type === "search" || event.target.type === "number" ? 200 : 0);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  form.addEventListener("reset", () => setTimeout(send));
}

function showFilters(form, state) {
  for (const field of form.elements) {
    if (!field.name) continue;
    const value = state[field.name] ?? "";
    if (field !== document.activeElement || field.tagName === "SELECT") field.value = value;
    if (field.tagName === "SELECT" && field.selectedIndex < 0) field.selectedIndex = 0;
  }
  const active = Object.entries(state).filter(([name, value]) => value && !["q", "sort"].includes(name)).length;
  const count = form.querySelector(".more-filters .count");
  count.hidden = active === 0;
  count.textContent = ` ${active} set`;
}

function sorts() {
  const dated = index.began.some((when) => when !== null);
  return Object.entries(SORTS).filter(([name]) => dated || !["newest", "oldest"].includes(name))
    .map(([name, [title]]) => [name === "listen" ? "" : name, title]);
}

function moods() {
  return [["", "Any mood"], ["upset", "upset"], ["neutral", "neutral"], ["content", "content"]];
}

function options(pairs) {
  return pairs.map(([value, title]) => h("option", { value }, title));
}

function choice(name, title, pairs) {
  return h("label", {}, h("span", {}, title), h("select", { name }, options(pairs)));
}

function grouped(name, title, first, groups) {
  return h("label", {}, h("span", {}, title), h("select", { name }, options(first),
    groups.map(([value, whole, rest]) => h("optgroup", { label: value }, options([[value, whole], ...rest])))));
}

function number(name, title) {
  return h("label", {}, h("span", {}, title), h("input", { type: "number", name, min: 0, max: 100, step: "any", inputmode: "decimal" }));
}
