"""What speaks for and against each ranked cause, and what is not known of it: rules, no judgement.

Every rule is a question that an experienced reader asks of any cause: did it come first, is it
where the trouble is, is there a rival as strong, was normal time as bad, what was never recorded.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.evidence.bundle.contents import Windows
from orchestrator.evidence.bundle.diff_risk import TALK
from orchestrator.evidence.bundle.external_causes import ExternalCause
from orchestrator.evidence.bundle.hypotheses import Hypothesis, Point
from orchestrator.evidence.bundle.reach import standing
from orchestrator.evidence.bundle.read import Bundle
from orchestrator.evidence.bundle.result import Analysis, External, Ranked
from orchestrator.evidence.bundle.services import is_echo
from orchestrator.evidence.bundle.settling import of_change, of_external, of_service, watched
from orchestrator.evidence.bundle.sources import Signals
from orchestrator.evidence.bundle.suspects import NONE, Suspect, Suspects
from orchestrator.evidence.safe import safe_text

TOLD = 3
"""Hypotheses of each kind that are argued."""

RIVAL = 0.8
"""Share of a score from which another cause is as strong."""

COMMON = 0.05
"""Rarity over which normal times were as bad too often to be convinced."""

FEW = 10
"""Sightings under which a share or a percentile is shaky."""

LATER, LONG_BEFORE = 60.0, 3600.0
"""Seconds: after the first sign, a cause comes late; so long before it, it stood without harm."""

SHORT_PAST = 5
"""Lengths of the incident; with less normal time than this, rarity tells little."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """Everything that hypotheses are argued from."""

    bundle: Bundle
    found: Windows
    seen: Signals
    judged: Suspects | None
    said: Analysis

    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """What was asked for first: services or changes, then the other, then outside causes."""
        services = [self._service(n, one) for n, one in enumerate(self.said.services[:TOLD])]
        changes = list(self._changes())
        external = list(self._external())
        blamed_outside = self.said.culprit == NONE and self.bundle.ask == "change"
        ordered = [*changes, *external, *services]
        if blamed_outside:
            ordered = [*external, *changes, *services]
        elif self.bundle.ask != "change":
            ordered = [*services, *changes, *external]
        return tuple(ordered)

    def _service(self, place: int, one: Ranked) -> Hypothesis:
        return Hypothesis(
            kind="service",
            name=one.name,
            statement=safe_text(f"the trouble begins in {one.name}"),
            confidence=one.confidence,
            score=one.score,
            supporting=self._shown(one.evidence),
            refuting=tuple(self._against_service(place, one)),
            missing=tuple(self._unknown_of_service(one.name)),
            test=safe_text(of_service(one.name, self._first(one), self._then())),
        )

    def _changes(self) -> Iterator[Hypothesis]:
        if self.judged is None:
            return
        listed = list(zip(self.said.changes, self.judged.ranked, strict=False))
        for place, (one, suspect) in enumerate(listed[:TOLD]):
            title = suspect.commit.message.strip().split("\n")[0][:60] or "no message"
            yield Hypothesis(
                kind="change",
                name=one.name,
                statement=safe_text(f"{one.name[:12]} ({title}) brought the trouble"),
                confidence=one.confidence,
                score=one.score,
                supporting=self._shown(one.evidence),
                refuting=tuple(self._against_change(place, one, suspect)),
                missing=tuple(self._unknown_of_change(suspect)),
                test=safe_text(of_change(suspect, self._then())),
            )
        yield self._no_change(self.judged)

    def _no_change(self, judged: Suspects) -> Hypothesis:
        best = self.said.changes[0] if self.said.changes else None
        weak = f"no change scores the {judged.bar:.2f} from which one is blamed"
        strong = f"{best.name[:12]} scores {best.score:.2f}, of {judged.bar:.2f}" if best else ""
        supporting: tuple[Point, ...] = (Point(weak),)
        refuting: tuple[Point, ...] = ()
        if best is not None and best.score >= judged.bar:
            supporting, refuting = (), (Point(strong, best.evidence[:1]),)
        outside = [Point(f"an outside cause speaks: {one.kind}", one.evidence[:1])
                   for one in self.said.external[:1]]  # fmt: skip
        return Hypothesis(
            kind="none",
            name=NONE,
            statement="no change brought the trouble",
            confidence=judged.none,
            score=0.0,
            supporting=(*supporting, *outside),
            refuting=refuting,
            missing=tuple(self._unknown_of_changes()),
            test="roll back what went live last where it is cheap: nothing comes back",
        )

    def _external(self) -> Iterator[Hypothesis]:
        causes = self.judged.external if self.judged is not None else ()
        for one, cause in list(zip(self.said.external, causes, strict=True))[:TOLD]:
            name = str(cause.grounds[0].data.get("flag", one.kind)) if cause.grounds else one.kind
            yield Hypothesis(
                kind=one.kind,
                name=safe_text(name),
                statement=safe_text(f"an outside cause ({one.kind}): {cause.reasons[0]}"),
                confidence=None,
                score=one.score,
                supporting=self._shown(one.evidence),
                refuting=tuple(self._against_external(one, cause)),
                missing=tuple(self._unknown_sources()),
                test=safe_text(of_external(cause, self._then())),
            )

    def _against_service(self, place: int, one: Ranked) -> Iterator[Point]:
        yield from self._rival(place, one, self.said.services)
        if is_echo(one.name):
            yield Point("it is a caller's view of a service, not the service itself")
        graph, alerting = self.bundle.graph, self.bundle.alert.service
        own, first = self._began(one.name), self._began(alerting)
        if own is not None and first is not None and own > first + LATER:
            minutes = (own - first) / 60
            yield Point(f"it left its usual {minutes:.0f} min after {alerting}", one.evidence[:1])
        callees = graph.callees.get(one.name, frozenset())
        for other in self.said.services:
            if other.name in callees and other.score >= RIVAL * one.score:
                yield Point(f"it calls {other.name}, which is in trouble too", other.evidence[:1])
        if alerting in graph.nodes and one.name not in graph.reach(alerting):
            yield Point(f"no call from {alerting} is known to come to it")
        for eid in one.evidence[:1]:
            data = self.said.evidence[eid]["data"]
            if data.get("rarity", 0.0) > COMMON:
                share = f"{data['rarity']:.0%} of equally long normal stretches"
                yield Point(f"{share} were as bad", (eid,))
            seen = next((data[name] for name in ("calls", "seen", "points") if name in data), FEW)
            if seen < FEW:
                yield Point(f"it rests on {seen} sightings in the incident", (eid,))

    def _against_change(self, place: int, one: Ranked, suspect: Suspect) -> Iterator[Point]:
        judged, way = self.judged, suspect.way
        if judged is None:
            return
        if one.score < judged.bar:
            bar = f"the {judged.bar:.2f} from which a change is blamed"
            yield Point(f"its score of {one.score:.2f} is under {bar}")
        yield from self._rival(place, one, self.said.changes)
        before = judged.onset - way.live_at
        shipped = tuple(e for e in one.evidence if self.said.evidence[e]["kind"] == "deploy")
        if before < 0:
            yield Point(f"it went live {-before:.0f} s after the first sign", shipped)
        elif before > LONG_BEFORE:
            yield Point(f"it was live {before / 60:.0f} min before without trouble", shipped)
        if way.service and standing(way.service, judged.affected) < 1.0:
            yield Point(f"{way.service}, where it went live, is quiet", shipped)
        if suspect.risk.value <= TALK:
            yield Point("its diff changes nothing that does the work")
        if not suspect.likeness.value:
            yield Point("nothing that is seen speaks of what it changes")
        for other in self.said.external[:1]:
            if other.score >= one.confidence:
                yield Point(f"an outside cause speaks: {other.kind}", other.evidence[:1])

    def _against_external(self, one: External, cause: ExternalCause) -> Iterator[Point]:
        best = self.said.changes[0] if self.said.changes else None
        if best is not None and self.said.bar is not None and best.score >= self.said.bar:
            yield Point(f"{best.name[:12]} explains it", best.evidence[:1])
        if cause.grounds and cause.grounds[0].kind == "alert":
            yield Point("only the alert says so", one.evidence[:1])

    def _rival(self, place: int, one: Ranked, ranked: Sequence[Ranked]) -> Iterator[Point]:
        other = next((r for n, r in enumerate(ranked) if n != place), None)
        if other is not None and other.score >= RIVAL * one.score:
            name = other.name[:12] if ranked is self.said.changes else other.name
            how = "more suspect" if RIVAL * other.score > one.score else "as suspect"
            scores = f"{other.score:.2f} beside {one.score:.2f}"
            yield Point(safe_text(f"{name} is {how}: {scores}"), other.evidence[:1])

    def _unknown_of_service(self, service: str) -> Iterator[str]:
        if not any(one.service == service for one in self.bundle.series):
            yield "no series of it"
        if not self.bundle.graph.nodes and not self.seen.calls.graph.nodes:
            yield "who calls whom"
        yield from self._unknown_sources()

    def _unknown_of_change(self, one: Suspect) -> Iterator[str]:
        if not one.commit.diff:
            yield "its diff"
        if one.way.deploy is None:
            yield "a deploy that carried it"
        yield from self._unknown_sources()

    def _unknown_of_changes(self) -> Iterator[str]:
        changes = self.bundle.changes
        if not changes.deploys:
            yield "any deploy"
        bare = sum(not one.diff for one in changes.commits)
        if bare:
            yield f"the diffs of {bare} of {len(changes.commits)} commits"
        yield from self._unknown_sources()

    def _unknown_sources(self) -> Iterator[str]:
        if not self.bundle.series:
            yield "any series"
        for name, what in (("logs.ndjson", "any log"), ("traces.ndjson", "any trace")):
            if next(self.bundle.records(name), None) is None:
                yield what
        if not self.bundle.alert.service:
            yield "which service raised the alert"
        incident = self.found.incident[1] - self.found.incident[0]
        if sum(end - start for start, end in self.found.normal) < SHORT_PAST * incident:
            yield f"normal time {SHORT_PAST} times as long as the incident"

    def _shown(self, evidence: Sequence[str]) -> tuple[Point, ...]:
        return tuple(Point(str(self.said.evidence[eid]["summary"]), (eid,)) for eid in evidence)

    def _first(self, one: Ranked) -> Mapping[str, Any] | None:
        return self.said.evidence[one.evidence[0]] if one.evidence else None

    def _began(self, service: str) -> float | None:
        signs = self.seen.signs.get(service, ())
        return min(
            (s.departure.onset for s in signs if s.departure.onset is not None), default=None
        )

    def _then(self) -> str:
        alert = self.bundle.alert
        own = self.seen.signs.get(alert.service, ())
        usual = next((s.departure.usual for s in own if s.series.metric == alert.metric), None)
        return watched(alert, usual)
