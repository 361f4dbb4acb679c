"""Causes outside the commits, each by its own evidence: providers, certificates, names, traffic,
nodes, poisoned records, quotas, credentials, flags. They raise the bar for blaming a commit.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from orchestrator.evidence.analysis import external
from orchestrator.evidence.analysis.departure import UP, direction, kind
from orchestrator.evidence.bundle.grounds import Ground, of_alert, of_flag, of_rise, of_utterance
from orchestrator.evidence.bundle.likeness import Spoken
from orchestrator.evidence.bundle.peers import strangers
from orchestrator.evidence.bundle.reach import SKEW, standing, touched
from orchestrator.evidence.bundle.read import Bundle
from orchestrator.evidence.bundle.records import repeated
from orchestrator.evidence.bundle.symptoms import Symptoms
from orchestrator.evidence.bundle.utterances import Utterance
from orchestrator.evidence.bundle.wording import stems

ENOUGH = 6
"""Points under which a series tells nothing about load."""

A_LINE, A_WATCHER = 0.3, 0.6
"""What one line is worth: of the code that failed, of somebody who watches and says it once."""

A_FLAG, COINCIDES = 0.7, 0.15
"""What a flag turned just before on a service in trouble is worth: one whose name speaks of what
is seen, one that only coincides."""

WATCHED = frozenset({"node", "status feed"})

LEAST = 0.1
"""Scores under this are not told."""

TELLING = {
    "certificate": r"certificates? (?:has |is |was )?(?:expired|not yet valid)|x509: .*expired"
    r"|cert(?:ificate)?[_ ]?(?:has )?expir|CERTIFICATE_VERIFY_FAILED.*expired|expired certificate",
    "dns": r"no such host|NXDOMAIN|SERVFAIL|could not resolve|(?:name|dns) (?:resolution|lookup)"
    r"|getaddrinfo|EAI_AGAIN|ENOTFOUND",
    "node": r"(?:disk|memory|pid) ?pressure|no space left|ENOSPC|\bevict(?:ed|ion|ing)\b"
    r"|node ?.{0,40}(?:not ?ready|unreachable|drained|cordoned|\bdown\b|\blost\b)|preempt"
    r"|noisy neighbou?r|hardware (?:error|fault)|i/o error|read-only file ?system|cpu steal",
    "network": r"packet loss|network (?:is )?unreachable|no route to host|link (?:down|flap)"
    r"|network partition|bgp|split.?brain",
    "quota": r"quota (?:has been |is )?(?:exceeded|exhausted|reached)|insufficient_quota"
    r"|billing|(?:plan|account|subscription) (?:limit|suspended|disabled)|LimitExceededException",
    "credentials": r"Expired(?:Token|Credentials)|invalid_grant|InvalidClientTokenId"
    r"|(?:credential|secret|api[ _-]?key|password|licen[sc]e)s?.{0,40}\b(?:expired|revoked)",
    "status feed": r"status ?page|(?:provider|vendor|cloud|regional) (?:status|incident|outage)"
    r"|service health dashboard|investigating (?:an |elevated |increased )",
}
"""What each cause says of itself, in the words of the systems that report it."""

_TELLING = {what: re.compile(words, re.IGNORECASE) for what, words in TELLING.items()}


@dataclass(frozen=True, slots=True)
class ExternalCause:
    """One cause that is no commit: 0..1, why, and what it rests on."""

    kind: str
    score: float
    reasons: tuple[str, ...]
    grounds: tuple[Ground, ...]


def external_causes(bundle: Bundle, seen: Symptoms, trouble: Spoken) -> list[ExternalCause]:
    """All causes outside the commits that anything speaks for, the strongest first."""
    bad = [one for one in seen.said if one.bad and one.source != "log_patterns.json"]
    bad = bad or [one for one in seen.said if one.bad]
    found = [*_told(bundle, seen, bad), *_providers(seen, bad), *_records(seen, bad)]
    found += [*_traffic(bundle, seen), *_flags(bundle, seen, trouble)]
    kept = [one for one in found if one.score >= LEAST]
    return sorted(kept, key=lambda one: (-one.score, one.kind, one.reasons))


def _told(bundle: Bundle, seen: Symptoms, bad: Sequence[Utterance]) -> Iterator[ExternalCause]:
    total = sum(one.count for one in bad)
    for what, pattern in _TELLING.items():
        heard, base = (seen.said, A_WATCHER) if what in WATCHED else (bad, A_LINE)
        hits = [one for one in heard if pattern.search(one.sample)]
        share = sum(one.count for one in hits) / max(1, total)
        score = min(1.0, 2 * share + (base if hits else 0.0))
        if pattern.search(bundle.alert.summary):
            score = min(1.0, score + A_LINE)
        if hits or score:
            reason = f"{share:.0%} of what fails says so" if hits else "the alert says so"
            grounds = _grounds(hits, seen.onset) or (of_alert(bundle.alert),)
            yield ExternalCause(what, round(score, 3), (reason,), grounds)


def _providers(seen: Symptoms, bad: Sequence[Utterance]) -> Iterator[ExternalCause]:
    """Somebody else's service that fails us: it is called, it has no telemetry or deploys here."""
    total = sum(one.count for one in bad)
    for peer, calls in sorted(strangers(seen, bad).items()):
        share = sum(one.count for one in calls) / max(1, total)
        callers = sorted({one.service for one in calls})
        score = min(1.0, 1.5 * share + 0.2 * (len(callers) - 1))
        reasons = [f"{share:.0%} of what fails are faults of {peer}, which is not ours"]
        if len(callers) > 1:
            reasons.append(f"services that share no code path see it alike: {', '.join(callers)}")
        yield ExternalCause(
            "provider", round(score, 3), tuple(reasons), _grounds(calls, seen.onset)
        )


def _records(seen: Symptoms, bad: Sequence[Utterance]) -> Iterator[ExternalCause]:
    for one in repeated(bad, seen.before):
        reason = (
            f"{one.share:.0%} of {one.failures} failures are about the same {one.key} "
            f"{one.value}, while others pass"
        )
        yield ExternalCause(
            "bad input", round(one.share, 3), (reason,), _grounds(one.said, seen.onset)
        )


def _traffic(bundle: Bundle, seen: Symptoms) -> Iterator[ExternalCause]:
    """Load that rose before or with the trouble, wherever load is measured.

    A rise behind one service only is often of our own making (a cache that went, retries).
    """
    scores, grounds, factors = [], [], []
    for series in bundle.series:
        if kind(series.metric) != "load" or direction(series.metric) == UP:
            continue
        if len(series.times) < ENOUGH:
            continue
        points = [(float(t), float(v)) for t, v in zip(series.times, series.values, strict=True)]
        step = float(np.median(np.diff(series.times)))
        rise = external.traffic(points, seen.onset, step)
        scores.append(rise.score if rise is not None else 0.0)
        if rise is not None and rise.explains:
            factors.append(rise.factor)
            grounds.append(of_rise(series, rise, seen.onset, step))
    if factors:
        score = sum(scores) / len(scores)
        reason = f"load rose to {max(factors):.1f} times its usual before or with the trouble"
        yield ExternalCause("traffic", round(score, 3), (reason,), tuple(grounds[:4]))


def _flags(bundle: Bundle, seen: Symptoms, trouble: Spoken) -> Iterator[ExternalCause]:
    """Switches turned before the trouble where it is, the more so when their names speak of it."""
    affected = touched(seen.affected | {bundle.alert.service}, bundle.graph)
    for flag in bundle.changes.flags:
        hit = standing(flag.service, affected)
        if flag.at > seen.onset + SKEW or not hit:
            continue
        common = sorted(word for word in stems(flag.flag) if word in trouble.words)
        spoken_of = 1 - math.exp(-sum(trouble.words[word] for word in common))
        minutes = max(0.0, seen.onset - flag.at) / 60
        score = hit * (COINCIDES + (A_FLAG - COINCIDES) * spoken_of) * math.exp(-minutes / 45)
        speaks = f"speaks of {', '.join(common)}" if common else "speaks of nothing that is seen"
        reason = f"{flag.flag} was turned {minutes:.0f} min before and {speaks}"
        yield ExternalCause("flag", round(score, 3), (reason,), (of_flag(flag),))


def _grounds(said: Sequence[Utterance], since: float) -> tuple[Ground, ...]:
    loud = sorted(said, key=lambda one: (-one.count, one.first_at, one.line))
    return tuple(of_utterance(one, since) for one in loud[:4])
