// The list of calls: only the rows in sight stand in the page, however many calls there are.

const SPARE = 8;

function virtualList(list) {
  let places = [];
  let focused = 0;
  let rowHeight = 0;
  const shown = new Map();

  function measure() {
    const height = parseFloat(getComputedStyle(list).getPropertyValue("--row"));
    if (height && height !== rowHeight) {
      rowHeight = height;
      shown.forEach((row) => row.remove());
      shown.clear();
    }
    list.style.height = `${places.length * rowHeight}px`;
  }

  function draw(from, to) {
    const wanted = new Set([focused]);
    for (let position = from; position < to; position += 1) wanted.add(position);
    for (const [position, row] of shown) {
      if (!wanted.has(position)) {
        row.remove();
        shown.delete(position);
      }
    }
    let after = null;
    for (const position of [...wanted].sort((a, b) => a - b)) {
      if (position < 0 || position >= places.length) continue;
      let row = shown.get(position);
      if (!row) {
        row = listRow(places[position], position, places.length);
        row.style.top = `${position * rowHeight}px`;
        shown.set(position, row);
        if (after) after.after(row);
        else list.prepend(row);
      }
      row.firstChild.tabIndex = position === focused ? 0 : -1;
      after = row;
    }
  }

  function drawInSight() {
    if (!list.offsetParent || !rowHeight) return;
    const top = -list.getBoundingClientRect().top;
    const from = Math.max(0, Math.floor(top / rowHeight) - SPARE);
    const to = Math.min(places.length, Math.ceil((top + innerHeight) / rowHeight) + SPARE);
    draw(from, to);
  }

  function focus(position) {
    focused = Math.max(0, Math.min(position, places.length - 1));
    draw(focused - SPARE, focused + SPARE);
    const link = shown.get(focused)?.firstChild;
    link?.focus({ preventScroll: true });
    link?.parentElement.scrollIntoView({ block: "nearest" });
    drawInSight();
  }

  let asked = false;
  const onScroll = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; drawInSight(); });
  };
  addEventListener("scroll", onScroll, { passive: true });
  addEventListener("resize", () => { measure(); drawInSight(); });
  // A printed list holds its first rows in full, since paper does not scroll.
  addEventListener("beforeprint", () => { if (list.offsetParent) draw(0, Math.min(places.length, 300)); });
  addEventListener("afterprint", drawInSight);

  list.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.floor(innerHeight / rowHeight) - 2);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (!(event.key in steps)) return;
    event.preventDefault();
    focus(focused + steps[event.key]);
  });
  list.addEventListener("focusin", (event) => {
    const row = event.target.closest(".row");
    if (row) focused = Number(row.dataset.position);
  });

  return {
    show(found) {
      places = found;
      focused = Math.min(focused, Math.max(0, places.length - 1));
      shown.forEach((row) => row.remove());
      shown.clear();
      focused = 0;
      measure();
      drawInSight();
    },
    refresh() { measure(); drawInSight(); },
    // The call before or after this one, in the order of the list.
    beside(place, step) {
      const position = places.indexOf(place);
      return position < 0 ? undefined : places[position + step];
    },
  };
}
