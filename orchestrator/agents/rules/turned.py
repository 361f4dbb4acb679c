"""A feature flag that was turned right before the trouble: when it is held to have brought it.

The nearest change is the one that is judged. A turn counts as that where it lies after the last
deploy, minutes before the trouble, and nothing had begun to go wrong before it.
"""

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.blame import STRONG
from orchestrator.agents.rules.desk import Desk
from orchestrator.agents.rules.findings import Findings
from orchestrator.agents.rules.words import clock_time, lasting, quoted
from orchestrator.evidence.sources.flags import Flip
from orchestrator.evidence.sources.source import SourceError

RIGHT_BEFORE = 900.0
"""Seconds within which trouble counts as right after the turn of a flag."""

_SHARE = 3
"""A strong suspect of a deploy stands unless the turn is so many times nearer to the trouble."""

_PLACES = 40


async def read_flags(desk: Desk, found: Findings) -> None:
    """The flags that were turned, and which of them is judged instead of the last deploy."""
    read = await desk.flags()
    if read is None:
        return
    found.flags, found.flags_eid = read
    slack = found.figures.interval if found.figures is not None else 1.0
    turned = [one for one in found.flags.of(desk.state.service) if one.at <= found.began + slack]
    if turned and _nearest(found, turned[-1]):
        found.turned = turned[-1]
        await _asked_for(desk, found, turned[-1])


def _nearest(found: Findings, flip: Flip) -> bool:
    gap = max(0.0, found.began - flip.at)
    if gap > RIGHT_BEFORE or found.external or found.outside is not None:
        return False
    if found.drain is not None and found.drain.began_at < flip.at:
        return False
    if found.bad is None:
        return True
    if found.bad.at >= flip.at:
        return False
    ranked = found.suspects or []
    strong = bool(ranked) and ranked[0].score >= STRONG
    return not strong or gap * _SHARE < flip.at - found.bad.at


async def _asked_for(desk: Desk, found: Findings, flip: Flip) -> None:
    """Where the code that runs asks for the flag."""
    repository = desk.repository()
    if repository is None:
        return
    version = found.bad.version if found.bad is not None else "HEAD"
    command = f"git -C {repository.path.name} grep -n --fixed-strings {quoted(flip.flag, 60)}"
    desk.bench.call(command)
    try:
        places = (await repository.places(flip.flag, version))[:_PLACES]
    except SourceError as error:
        desk.bench.warn(quoted(str(error), 200))
        return
    if not places:
        desk.bench.out("nothing in the code names it")
        return
    kept = await desk.file(
        Observation(
            kind="code",
            source=f"{repository.path.name} {version[:12]}",
            command=command,
            summary=f"{len(places)} files name the flag {quoted(flip.flag, 60)}",
            content="".join(f"{path}:{line}\n" for path, line in places),
        )
    )
    found.turned_in = tuple(
        (path, kept.at(number)) for number, (path, _) in enumerate(places, start=1)
    )


def turn_claim(found: Findings) -> str:
    """What was turned, and how long before the trouble."""
    flip = found.turned
    assert flip is not None
    later = lasting(max(0.0, found.began - flip.at))
    return (
        f"the flag {quoted(flip.flag, 60)} went from {quoted(flip.before, 20)} to "
        f"{quoted(flip.after, 20)} at {clock_time(flip.at)}, {later} before the trouble began at "
        f"{clock_time(found.began)}"
    )


def turn_line(found: Findings) -> str:
    """The line of the flag log that says so."""
    assert found.turned is not None
    return f"{found.flags_eid}:{found.turned.line}"


def linked(found: Findings) -> tuple[str, tuple[str, ...]] | None:
    """What ties the flag to the errors, with its evidence: code in a traceback, or its own name."""
    flip = found.turned
    assert flip is not None
    for template, kept in found.new_errors():
        line = kept.at(template.first_line)
        for record in template.records:
            for path, place in found.turned_in:
                if any(frame.file.endswith(path) for frame in record.frames):
                    return f"{path} asks for it, and the new errors come through there", (
                        place,
                        line,
                    )
            if flip.flag in record.error_text or flip.flag in record.message:
                return "the new errors name it", (line,)
    return None
