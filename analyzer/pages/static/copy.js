// Turns and findings as notes for a coaching talk, copied as plain text.

function copyButton(name, note, attributes = {}) {
  const button = h("button", { type: "button", class: "quiet copy", ...attributes }, name);
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    const done = await copyText(note());
    const before = button.textContent;
    button.textContent = done ? "Copied" : "Could not copy";
    setTimeout(() => { button.textContent = before; }, 1600);
  });
  return button;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { class: "unseen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

function linkTo(call, number) {
  const place = `#call=${encodeURIComponent(call.id)}&turn=${number}`;
  return document.querySelector("#index") ? location.href.replace(/#.*$/, "") + place : "";
}

function placeOf(call, turn) {
  const time = clock(turn.start);
  const agent = call.metadata.agent ? `, agent ${call.metadata.agent}` : "";
  return `Call ${call.id}, turn ${turn.number}${time ? ` (${time})` : ""}${agent}`;
}

function findingNote(call, finding) {
  const turn = call.turns[finding.turn - 1];
  const lines = [placeOf(call, turn)];
  if (finding.quote) lines.push(`“${finding.quote}”`);
  lines.push(`${finding.label.title} (${percent(finding.confidence)} sure)${finding.why ? `: ${finding.why}` : ""}`);
  lines.push(finding.label.coaching, linkTo(call, turn.number));
  return lines.filter(Boolean).join("\n");
}

function turnNote(call, turn) {
  const lines = [placeOf(call, turn)];
  if (turn.text) lines.push(`${turn.speaker}: “${turn.text}”`);
  for (const finding of turn.findings) {
    lines.push(`- ${finding.label.title} (${percent(finding.confidence)} sure): ${finding.label.coaching}`);
  }
  for (const chance of call.chances) {
    if (chance.outcome === "seized" || ![chance.turn, couldHave(call, chance)].includes(turn.number)) continue;
    lines.push(`- ${chance.kind}, ${chance.outcome}: ${chance.expected}`);
    if (chance.suggestion) lines.push(`  Could have been said: “${chance.suggestion}”`);
  }
  lines.push(linkTo(call, turn.number));
  return lines.filter(Boolean).join("\n");
}
