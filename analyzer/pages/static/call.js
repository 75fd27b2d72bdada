// The view of one call: conversation, scores, opportunities, and ways between them.

function callView(call, { level = "h1", navigation = null } = {}) {
  const talk = transcript(call);
  const root = h("article", { class: "call" });
  const goTo = (number, chance = null) => {
    const row = root.querySelector(`#turn-${number}`);
    if (!row) return;
    light(root, chance);
    root.querySelectorAll(".turn.here").forEach((other) => other.classList.remove("here"));
    row.classList.add("here");
    row.focus({ preventScroll: true });
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    row.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
  };
  root.append(
    h("header", { class: "call-head" },
      navigation,
      h(level, { class: "call-title", tabindex: "-1" }, "Call ", call.id),
      h("p", { class: "facts" }, facts(call))),
    h("div", { class: "call-body" },
      h("aside", { class: "beside", "aria-label": "Scores and opportunities" }, scoreList(call, goTo), chanceList(call, goTo), about(call)),
      h("div", { class: "conversation" }, legend(root, call), talk)));
  root.addEventListener("click", (event) => {
    const end = event.target.closest("[data-goto]");
    if (end) goTo(Number(end.dataset.goto), Number(end.dataset.chance));
  });
  attachPopover(talk, call);
  root.goTo = goTo;
  return root;
}

function light(root, chance) {
  for (const cell of root.querySelectorAll("[data-chance]")) {
    cell.classList.toggle("lit", chance !== null && Number(cell.dataset.chance) === chance);
  }
}

function facts(call) {
  const { start, end } = call.sentiment;
  const mood = start === null || end === null ? null
    : `customer came ${moodOf(start)} (${moodNumber(start)}), left ${moodOf(end)} (${moodNumber(end)})`;
  const told = ["agent", "team", "company", "channel", "started_at"].map((name) => call.metadata[name]).filter(Boolean)
    .map((value) => String(value).replace(/T(\d\d:\d\d).*$/, " $1"));
  return [...told, call.outcome, mood, plural(call.turns.length, "turn")].filter(Boolean).join(" · ");
}

function about(call) {
  const rows = Object.entries(call.metadata).map(([name, value]) => h("div", {}, h("dt", {}, name.replaceAll("_", " ")), h("dd", {}, value)));
  return h("details", { class: "about" }, h("summary", {}, "About this call"),
    h("dl", {}, rows, h("div", {}, h("dt", {}, "model"), h("dd", {}, call.model))));
}
