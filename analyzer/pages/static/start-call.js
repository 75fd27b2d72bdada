// A page of one call.

learnVocabulary(document.querySelector("#vocabulary"));
const [only] = JSON.parse(document.querySelector("#call-data").textContent);
document.querySelector("#call").replaceChildren(callView(readCall(only)));
