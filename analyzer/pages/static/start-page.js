learnVocabulary(document.querySelector("#vocabulary"));
learnIndex(document.querySelector("#index"));
startPage();
