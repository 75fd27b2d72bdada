// Search in what was said. All calls are unpacked once, a few at a time, so that the page stays awake.

const plainTexts = [];
let searching = 0;

async function searchTexts(query, progress) {
  const own = ++searching;
  const wanted = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = new Set();
  const chunks = Math.ceil(index.id.length / index.chunk);
  for (let number = 0; number < chunks; number += 1) {
    const texts = await textsOf(number);
    if (own !== searching) return null;
    texts.forEach((text, place) => {
      if (wanted.every((word) => text.includes(word))) found.add(number * index.chunk + place);
    });
    if (number % 40 === 39) {
      progress((number + 1) / chunks);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return found;
}

async function textsOf(number) {
  if (!plainTexts[number]) {
    const rows = await chunk(number);
    plainTexts[number] = rows.map((row) => `${row[0]}\n${row[6].map(([, text]) => text ?? "").join("\n")}`.toLocaleLowerCase());
    if (index.id.length > 500) unpacked.delete(number);
  }
  return plainTexts[number];
}

function stopSearching() {
  searching += 1;
}
