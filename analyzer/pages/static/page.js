// The report: tabs, the list and the call, each shown as the address says.

function startPage() {
  const views = [...document.querySelectorAll(".tab[data-view]")];
  const links = [...document.querySelectorAll("[data-tab]")];
  const form = document.querySelector("#filters");
  const list = virtualList(document.querySelector("#list"));
  const found = document.querySelector("#found");
  const nothing = document.querySelector("#nothing");
  const callPlace = document.querySelector("#call");
  let lastList = "#calls";
  let shownList = null;
  let shownCall = null;
  let scrolled = 0;
  let first = true;

  filterForm(form, (state) => {
    history.replaceState(null, "", callsAddress(state));
    route();
  });
  document.querySelector("#clear").addEventListener("click", () => { location.hash = "#calls"; });

  async function showList(state) {
    showFilters(form, state);
    const key = JSON.stringify(state);
    if (key === shownList) { list.refresh(); return; }
    shownList = key;
    stopSearching();
    let texts = null;
    if (state.q) {
      found.textContent = "Searching…";
      texts = await searchTexts(state.q, (share) => { found.textContent = `Searching… ${percent(share)}`; });
      if (texts === null) return;
    }
    const places = chosen(state, texts);
    list.show(places);
    nothing.hidden = places.length > 0;
    found.textContent = summary(places);
  }

  function summary(places) {
    if (!places.length) return `None of ${plural(index.id.length, "call")}`;
    const mean = places.reduce((sum, place) => sum + scoreColumn("empathy")[place], 0) / places.length;
    const missed = places.reduce((sum, place) => sum + index.missed[place], 0);
    const all = places.length === index.id.length ? "" : ` of ${index.id.length.toLocaleString("en")}`;
    return `${places.length.toLocaleString("en")}${all} ${places.length === 1 && !all ? "call" : "calls"} · mean empathy ${Math.round(mean)} · ${plural(missed, "chance")} missed`;
  }

  async function showCall(state) {
    const place = placeOfCall.get(state.call);
    if (place === undefined) {
      callPlace.replaceChildren(h("p", { class: "nothing", role: "alert" }, `This report holds no call ${state.call}.`));
      return;
    }
    if (shownCall !== state.call) {
      shownCall = state.call;
      try {
        const call = await fullCall(place);
        if (shownCall !== state.call) return;
        callPlace.replaceChildren(callView(call, { navigation: navigation(place) }));
      } catch (error) {
        shownCall = null;
        callPlace.replaceChildren(h("p", { class: "nothing", role: "alert" }, error.message));
        return;
      }
      scrollTo(0, 0);
      callPlace.querySelector(".call-title").focus({ preventScroll: true });
    }
    if (state.turn) callPlace.firstChild.goTo?.(Number(state.turn));
  }

  function navigation(place) {
    if (shownList === null) { shownList = "{}"; showFilters(form, {}); list.show(chosen({})); found.textContent = summary(chosen({})); }
    const beside = (step, title) => {
      const other = list.beside(place, step);
      return other === undefined ? h("span", { class: "quiet off" }, title) : h("a", { class: "quiet", href: callAddress(index.id[other]) }, title);
    };
    return h("nav", { class: "call-nav", "aria-label": "Calls" },
      h("a", { class: "quiet", href: lastList }, "← All calls"), beside(-1, "Previous"), beside(1, "Next"));
  }

  function route() {
    const { view, state } = readAddress();
    const before = views.find((one) => !one.hidden);
    const chosenView = views.find((one) => one.dataset.view === view) ?? views[0];
    if (before?.dataset.view === "calls" && chosenView !== before) scrolled = scrollY;
    for (const one of views) one.hidden = one !== chosenView;
    const tab = chosenView.dataset.view === "call" ? "calls" : chosenView.dataset.view;
    for (const link of links) {
      if (link.dataset.tab === tab) {
        link.setAttribute("aria-current", "page");
        const bar = link.closest("nav");
        bar.scrollLeft += link.getBoundingClientRect().left - bar.getBoundingClientRect().left - bar.clientWidth / 3;
      }
      else link.removeAttribute("aria-current");
    }
    if (view === "call") { showCall(state); }
    else if (view === "calls") {
      lastList = location.hash;
      const back = before?.dataset.view === "call" && JSON.stringify(state) === shownList;
      showList(state);
      if (back) scrollTo(0, scrolled);
    }
    if (chosenView !== before && !first && view !== "call") {
      chosenView.querySelector("h1")?.focus({ preventScroll: true });
      if (!(view === "calls" && scrolled && before?.dataset.view === "call")) scrollTo(0, 0);
    }
    first = false;
  }

  // Marks of a chart lead to the calls behind them; its table is the way for keyboards.
  document.querySelector("#content").addEventListener("click", (event) => {
    const mark = event.target.closest("[data-go]");
    if (mark?.dataset.go) location.hash = mark.dataset.go;
  });
  addEventListener("hashchange", route);
  themeSwitch(document.querySelector("#theme"));
  route();
}
