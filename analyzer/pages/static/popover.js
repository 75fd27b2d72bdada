// Why a finding was made and how sure it is: on hover, on focus and on tap; Escape closes it.

function attachPopover(root, call) {
  const box = h("div", { class: "popover", role: "note", hidden: true });
  root.append(box);
  let anchor = null;
  let pinned = false;
  let leaving = 0;

  function show(target, pin) {
    clearTimeout(leaving);
    pinned = pin || (pinned && anchor === target);
    if (anchor === target && !box.hidden) return;
    hide();
    pinned = pin;
    anchor = target;
    const places = target.dataset.finding.split(" ").map(Number);
    box.replaceChildren(...places.map((place) => explained(call, call.findings[place])));
    box.hidden = false;
    light(places, true);
    const own = tagFor(target);
    own?.setAttribute("aria-expanded", "true");
    own?.after(box);
    position(box, target, root);
  }

  function hide() {
    if (box.hidden) return;
    light(anchor.dataset.finding.split(" ").map(Number), false);
    tagFor(anchor)?.setAttribute("aria-expanded", "false");
    box.hidden = true;
    anchor = null;
    pinned = false;
  }

  function light(places, on) {
    for (const mark of root.querySelectorAll("mark[data-finding]")) {
      if (mark.dataset.finding.split(" ").some((place) => places.includes(Number(place)))) {
        mark.classList.toggle("lit", on);
      }
    }
  }

  // The box stands behind its tag in reading order, so that keyboards and screen readers find it.
  function tagFor(target) {
    if (target.matches(".tag")) return target;
    const place = target.dataset.finding.split(" ")[0];
    return root.querySelector(`.tag[data-finding="${place}"]`);
  }

  const found = (event) => event.target.closest?.("[data-finding]");
  root.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch" || pinned) return;
    const target = found(event);
    if (target) show(target, false);
    else if (box.contains(event.target)) clearTimeout(leaving);
  });
  root.addEventListener("pointerout", (event) => {
    if (pinned || event.pointerType === "touch") return;
    if (found(event) || box.contains(event.target)) {
      clearTimeout(leaving);
      leaving = setTimeout(hide, 200);
    }
  });
  root.addEventListener("focusin", (event) => {
    const target = event.target.closest?.(".tag[data-finding]");
    if (target) show(target, false);
    else if (!box.contains(event.target)) hide();
  });
  root.addEventListener("click", (event) => {
    const target = found(event);
    if (target && target === anchor && pinned) hide();
    else if (target) show(target, true);
    else if (!box.contains(event.target)) hide();
  });
  // A box shown by the mouse closes by Escape, too, wherever the focus is.
  document.addEventListener("keydown", function onKey(event) {
    if (!root.isConnected) document.removeEventListener("keydown", onKey);
    if (event.key !== "Escape" || box.hidden) return;
    const inBox = box.contains(root.getRootNode().activeElement);
    const back = tagFor(anchor);
    hide();
    if (inBox) back?.focus();
  });
  return hide;
}

function explained(call, finding) {
  const family = familyOf(finding.label);
  const who = finding.label.speaker;
  return h("div", { class: `explained f-${family}` },
    h("p", { class: "head" },
      h("span", { "aria-hidden": "true", class: "sign" }, SIGNS[family]),
      h("strong", {}, finding.label.title),
      h("span", { class: "family" }, FAMILY_WORDS[family]),
      h("span", { class: "sure" }, `${percent(finding.confidence)} sure`)),
    h("p", {}, capital(finding.why) || `The ${who} ${finding.label.definition}.`),
    isHarmful(finding.label) && h("p", { class: "coaching" }, finding.label.coaching),
    h("p", { class: "act" }, copyButton("Copy as a coaching note", () => findingNote(call, finding))));
}

function position(box, target, root) {
  const frame = root.getBoundingClientRect();
  const place = target.getClientRects()[0] ?? target.getBoundingClientRect();
  const width = Math.min(340, frame.width - 16);
  box.style.width = `${width}px`;
  box.style.left = `${Math.max(8, Math.min(place.left - frame.left, frame.width - width - 8))}px`;
  const last = target.getBoundingClientRect();
  box.style.top = `${last.bottom - frame.top + 6}px`;
}
