// Calls inside a notebook: drawn in the place of their still version, apart from the notebook's styles.

const piece_ = document.currentScript.closest(".analyzer-calls");
learnVocabulary(piece_.querySelector(".analyzer-vocabulary"));
const rows_ = JSON.parse(piece_.querySelector(".analyzer-data").textContent);
piece_.querySelectorAll(".analyzer-call").forEach((place, number) => {
  const shadow = place.attachShadow({ mode: "open" });
  shadow.append(
    piece_.querySelector(".analyzer-style").content.cloneNode(true),
    h("div", { class: "alone piece" }, callView(readCall(rows_[number]), { level: "h2" })));
});
