// The page's state stands in the address, so that every view can be sent as a link.

function readAddress() {
  const text = location.hash.slice(1);
  const [head] = text.split("&");
  const state = Object.fromEntries(new URLSearchParams(head.includes("=") ? text : text.split("&").slice(1).join("&")));
  if (state.call) return { view: "call", state };
  if (head === "calls") return { view: "calls", state };
  return { view: state.tab ?? "", state };
}

function callsAddress(state) {
  const kept = Object.entries(state).filter(([, value]) => value !== "" && value !== undefined);
  return `#calls${kept.length ? `&${new URLSearchParams(kept)}` : ""}`;
}

function callAddress(id, turn = null) {
  return `#call=${encodeURIComponent(id)}${turn ? `&turn=${turn}` : ""}`;
}
