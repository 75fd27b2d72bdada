"""Who is measured: the analyzer, and what one would otherwise use.

The alternatives' weights are random where the real ones would have to be fetched: how fast a
network is does not depend on them. All read the same tokenizer, the analyzer's. To how many cores
each is kept is `measuring`'s affair, before anything is loaded: threads of torch and processors are
limited for all alike.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer import codebook
from analyzer.call import Call


@dataclass(frozen=True, slots=True)
class Timed:
    """What a contestant did.

    Attributes:
        seconds: Wall-clock, loading left out.
        calls: Calls dealt with.
        turns: Turns dealt with.
    """

    seconds: float
    calls: int
    turns: int


def run_analyzer(export: Path, workers: int) -> Timed:
    """Score end to end: read, score, write JSON Lines and CSV, with the start of the workers.

    Few calls are scored in one process, with as many threads as it is limited to; many in as many
    processes as there are workers, of one thread each.
    """
    from analyzer.batch import score_files
    from analyzer.engines import LocalEngine
    from analyzer.engines.scorers import Stored

    # Beside the export: whoever made that folder clears it away even if this process is killed.
    with tempfile.TemporaryDirectory(dir=export.parent) as out:
        start = time.perf_counter()
        summary = score_files(LocalEngine(Stored(), workers), [export], out, report=False)
        return Timed(time.perf_counter() - start, summary.calls, summary.turns)


def run_distilbert(export: Path, workers: int) -> Timed:
    """A sentiment `pipeline` of the DistilBERT architecture, a turn at a time, as is usual."""
    from transformers import DistilBertConfig, DistilBertForSequenceClassification, pipeline

    model = random_network(lambda: DistilBertForSequenceClassification(DistilBertConfig()))
    classify: Any = pipeline("text-classification", model=model, tokenizer=_tokenizer(512))

    def look(call: Call) -> None:
        for turn in call.turns:
            classify(turn.text, truncation=True)

    return _timed(export, look)


def run_zero_shot(export: Path, workers: int) -> Timed:
    """Zero-shot `pipeline` of the BART-large-MNLI architecture over the labels of the codebook."""
    from transformers import BartConfig, BartForSequenceClassification, pipeline

    tokenizer = _tokenizer(1024)
    config = BartConfig(
        id2label={0: "contradiction", 1: "neutral", 2: "entailment"},
        label2id={"contradiction": 0, "neutral": 1, "entailment": 2},
        eos_token_id=tokenizer.sep_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.cls_token_id,
        decoder_start_token_id=tokenizer.sep_token_id,
    )
    model = random_network(lambda: BartForSequenceClassification(config))
    classify: Any = pipeline("zero-shot-classification", model=model, tokenizer=tokenizer)
    titles = {
        speaker: [label.title for label in codebook.LABELS if label.speaker == speaker]
        for speaker in ("agent", "customer")
    }

    def look(call: Call) -> None:
        for turn in call.turns:
            if turn.speaker in titles and turn.text.strip():
                classify(turn.text, titles[turn.speaker], multi_label=True)

    return _timed(export, look)


def run_lexicon(export: Path, workers: int) -> Timed:
    """VADER and the titles of the labels as keywords, a turn at a time."""
    from vaderSentiment.vaderSentiment import (  # type: ignore[import-untyped]
        SentimentIntensityAnalyzer,
    )

    vader = SentimentIntensityAnalyzer()
    words = {word for label in codebook.LABELS for word in label.title.lower().split()}
    keywords = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, words)))})\b", re.IGNORECASE)

    def look(call: Call) -> None:
        for turn in call.turns:
            vader.polarity_scores(turn.text)
            keywords.findall(turn.text)

    return _timed(export, look)


# All are told the number of cores; only the analyzer has to know it, to start its processes.
CONTESTANTS: dict[str, Callable[[Path, int], Timed]] = {
    "analyzer": run_analyzer,
    "distilbert": run_distilbert,
    "zero-shot": run_zero_shot,
    "lexicon": run_lexicon,
}


def random_network(make: Callable[[], Any]) -> Any:
    """A network with random weights, without the slow care of one that is to be trained.

    Args:
        make: Makes the network.
    """
    import torch

    with torch.device("meta"):
        model = make()
    model = model.to_empty(device="cpu").eval()
    model.tie_weights()  # `to_empty` gives each name of shared embeddings a memory of its own
    with torch.no_grad():
        for weights in (*model.parameters(), *model.buffers()):
            if weights.is_floating_point():
                weights.uniform_(-0.03, 0.03)
            else:  # numbers of places
                weights.copy_(torch.arange(weights.numel()).view(weights.shape))
    return model


def _timed(export: Path, look: Callable[[Call], None]) -> Timed:
    from analyzer.readers import read_calls

    calls, turns = 0, 0
    start = time.perf_counter()
    for call in read_calls(export):
        look(call)
        calls, turns = calls + 1, turns + len(call.turns)
    return Timed(time.perf_counter() - start, calls, turns)


def _tokenizer(longest: int) -> Any:
    from transformers import PreTrainedTokenizerFast

    from analyzer.bundled import bundled_model
    from analyzer.tagger.storage import read_parts

    tokenizer = read_parts(bundled_model()).tokenizer
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer.backend,
        model_max_length=longest,
        model_input_names=["input_ids", "attention_mask"],
        **tokenizer.special_tokens,
    )
