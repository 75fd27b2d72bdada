// Calls in full: unpacked when they are asked for, from this page or from the folder beside it.

const unpacked = new Map();
const waiting = new Map();

// The page starts before its calls have arrived; one of them may be here in part.
const wholePage = new Promise((resolve) => {
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", resolve, { once: true });
  else resolve();
});

async function chunk(number) {
  if (!unpacked.has(number)) unpacked.set(number, load(number));
  return unpacked.get(number);
}

async function load(number) {
  await wholePage;
  const element = document.querySelector(`#chunk-${number}`);
  if (element && index.plain) return JSON.parse(element.textContent);
  return unpack(element ? element.textContent : await fromFolder(number));
}

async function unpack(text) {
  if (!("DecompressionStream" in globalThis)) {
    throw new Error("This browser is too old to unpack the calls: use one from 2023 or later.");
  }
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// A page opened from disk may not fetch files, but it may run scripts that lie beside it.
function fromFolder(number) {
  return new Promise((resolve, reject) => {
    waiting.set(number, resolve);
    const script = h("script", { src: `${index.folder}/calls-${number}.js` });
    script.addEventListener("error", () => reject(new Error(`The folder ${index.folder} is missing: keep it beside the report.`)));
    document.head.append(script);
  });
}

globalThis.analyzerCalls = (number, text) => {
  waiting.get(number)?.(text);
  waiting.delete(number);
};

async function fullCall(place) {
  const rows = await chunk(Math.floor(place / index.chunk));
  return readCall(rows[place % index.chunk]);
}
