"""How sure each candidate of a ranking is, and how sure it is that none of them is the cause.

A conditional logit over the candidates and `none of them`: what a candidate weighs is its strength
raised to a power, and more when it leads; every confidence is a share of all weights. So a margin
over the second tells, a weak first is not believed, and the confidences of a ranking never sum to
more than one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WEIGHED = 10
"""Candidates of a ranking that are told and weighed."""

MOST_SURE = 0.97
"""Nothing was tested or mitigated: no cause is surer than this."""

LEAST = 1e-3
"""Strength under which a candidate is as good as not there."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Strength's power, the bonus of a leader, and the weight of `none of them` (both as logs)."""

    power: float
    lead: float
    none: float

    @property
    def values(self) -> tuple[float, float, float]:
        return self.power, self.lead, self.none


FITTED = Curve(power=1.73, lead=1.93, none=0.8)
"""Fitted to 49 public incidents of three families and degraded variants of them, each family and,
within it, the incidents as they are and the variants having the same weight. The curves fitted
without one of the families have powers of 1.4 to 2.0. How many sources agree, how rare a departure
is and how many sources there are were tried as well: they added nothing on the family left out.
`python -m benchmarks.calibration --fit` fits it anew."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """One ranking's: of each candidate in its order, and of `none of them`; each 0..1."""

    each: tuple[float, ...]
    none: float


def confidence(strengths: Sequence[float], curve: Curve = FITTED) -> Confidence:
    """Weigh a ranking. `strengths`: scores in units of what is enough, the strongest first."""
    told = list(strengths[:WEIGHED])
    weights = np.append(features(told) @ (curve.power, curve.lead), curve.none)
    weights = np.exp(weights - weights.max())
    shares = [float(one) for one in weights / weights.sum()]
    each = [round(min(MOST_SURE, one), 4) for one in shares[:-1]]
    return Confidence((*each, *[0.0] * (len(strengths) - len(told))), round(shares[-1], 4))


def features(strengths: Sequence[float]) -> Floats:
    """One row a candidate: the log of its strength, and whether it alone leads."""
    rows = np.zeros((len(strengths), 2))
    for n, one in enumerate(strengths):
        rows[n, 0] = np.log(max(LEAST, one))
    if strengths and (len(strengths) == 1 or strengths[0] > strengths[1]):
        rows[0, 1] = 1.0
    return rows
