"""Small linear models that explain themselves and are stored as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

Array = npt.NDArray[np.float64]

FEWEST_EXAMPLES = 3
"""Of a class, below which a logistic regression is not fitted."""

NEVER = -7.0
"""Logit of what could not be learnt."""


class LinearModel(BaseModel):
    """Standardised features times coefficients: a regression, or a softmax with a row a class.

    Attributes:
        features: Names of the features, in order.
        mean: Of each feature over the calls it was fitted on.
        scale: Standard deviation of each feature.
        coefficients: Rows of outputs by features.
        intercept: One an output.
        classes: Names of the classes of a softmax; empty for a regression.
    """

    model_config = ConfigDict(extra="forbid")

    features: list[str]
    mean: list[float]
    scale: list[float]
    coefficients: list[list[float]]
    intercept: list[float]
    classes: list[str] = []

    @classmethod
    def fit_ridge(
        cls,
        features: Sequence[str],
        rows: Array,
        targets: Array,
        penalty: float,
        *,
        trusted: Sequence[str] = (),
        trust: float = 1.0,
    ) -> LinearModel:
        """Fit a ridge regression of `targets` (n) on `rows` (n by features).

        The weights of `trusted` features are penalised `trust` squared times less.
        """
        from sklearn.linear_model import Ridge  # not at the top: whoever only scores need not wait

        mean, scale = _moments(rows)
        favour = np.ones(len(features))
        favour[[list(features).index(name) for name in trusted]] = trust
        fitted = Ridge(alpha=penalty).fit((rows - mean) / scale * favour, targets)
        return cls(
            features=list(features),
            mean=_rounded(mean),
            scale=_rounded(scale),
            coefficients=[_rounded(fitted.coef_ * favour)],
            intercept=[float(fitted.intercept_)],
        )

    @classmethod
    def fit_softmax(
        cls,
        features: Sequence[str],
        rows: Array,
        targets: Sequence[str],
        classes: Sequence[str],
        strength: float,
    ) -> LinearModel:
        """Fit a multinomial logistic regression; `strength` is the inverse of the penalty."""
        from sklearn.linear_model import LogisticRegression

        mean, scale = _moments(rows)
        fitted = LogisticRegression(C=strength, max_iter=2000).fit((rows - mean) / scale, targets)
        if list(fitted.classes_) != sorted(classes):
            raise ValueError(f"needs calls of every class: {', '.join(classes)}")
        order = [list(fitted.classes_).index(name) for name in classes]
        return cls(
            features=list(features),
            mean=_rounded(mean),
            scale=_rounded(scale),
            coefficients=[_rounded(fitted.coef_[place]) for place in order],
            intercept=[float(fitted.intercept_[place]) for place in order],
            classes=list(classes),
        )

    @classmethod
    def fit_logistics(
        cls,
        features: Sequence[str],
        rows: Array,
        targets: Mapping[str, Array],
        strength: float,
        trusted: Mapping[str, Sequence[str]],
        trust: float,
    ) -> LinearModel:
        """Fit a logistic regression for each target on the same rows; outputs are logits.

        Args:
            features: Names of the columns.
            rows: Examples by features.
            targets: For each output, 0 or 1 an example.
            strength: Inverse of the penalty.
            trusted: For each output, the features whose weight is penalised `trust` squared times
                less.
            trust: See `trusted`.
        """
        from sklearn.linear_model import LogisticRegression

        mean, scale = _moments(rows)
        standard = (rows - mean) / scale
        coefficients, intercepts = [], []
        for name, gold in targets.items():
            favour = np.ones(len(features))
            favour[[features.index(feature) for feature in trusted[name]]] = trust
            if gold.sum() < FEWEST_EXAMPLES:
                # Too rare to learn: the answer is no.
                coefficients.append([0.0] * len(features))
                intercepts.append(NEVER)
                continue
            fitted = LogisticRegression(C=strength, max_iter=300).fit(standard * favour, gold)
            coefficients.append(_rounded(fitted.coef_[0] * favour))
            intercepts.append(float(fitted.intercept_[0]))
        return cls(
            features=list(features),
            mean=_rounded(mean),
            scale=_rounded(scale),
            coefficients=coefficients,
            intercept=intercepts,
        )

    def stacked(self, other: LinearModel) -> LinearModel:
        """The outputs of two models of the same features side by side."""
        ratio = np.array(self.scale) / np.array(other.scale)
        shift = (np.array(self.mean) - np.array(other.mean)) / np.array(other.scale)
        weights = np.array(other.coefficients)
        return LinearModel(
            features=self.features,
            mean=self.mean,
            scale=self.scale,
            coefficients=[*self.coefficients, *map(_rounded, weights * ratio)],
            intercept=[*self.intercept, *(other.intercept + weights @ shift).tolist()],
        )

    def outputs(self, rows: Array) -> Array:
        """Linear outputs, rows by outputs."""
        weights, constants = self.unscaled
        result: Array = np.atleast_2d(rows) @ weights + constants
        return result

    @cached_property
    def unscaled(self) -> tuple[Array, Array]:
        """Weights of the features as they come (features by outputs), and the constants."""
        weights = np.array(self.coefficients) / np.array(self.scale)
        return weights.T.copy(), np.array(self.intercept) - weights @ np.array(self.mean)

    def probabilities(self, rows: Array) -> Array:
        """Softmax over the classes, rows by classes."""
        outputs = self.outputs(rows)
        powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        result: Array = powers / powers.sum(axis=1, keepdims=True)
        return result

    def contributions(self, row: Array) -> dict[str, float]:
        """What each feature adds to a regression's output beside the intercept."""
        parts = (row - np.array(self.mean)) * self.unscaled[0][:, 0]
        return dict(zip(self.features, parts.tolist(), strict=True))


def _moments(rows: Array) -> tuple[Array, Array]:
    scale = rows.std(axis=0)
    return rows.mean(axis=0), np.where(scale < 1e-6, 1.0, scale)


def _rounded(values: Array) -> list[float]:
    return [float(f"{value:.6g}") for value in values]
