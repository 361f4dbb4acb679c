"""Whether a change can be taken back: the four options, and how far the change reaches."""

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules import way_back
from orchestrator.agents.rules.desk import Desk, assumed
from orchestrator.agents.rules.filed import Filed
from orchestrator.agents.rules.reach import blast
from orchestrator.agents.rules.reverting import revert
from orchestrator.agents.rules.words import plural
from orchestrator.evidence.analysis import patch
from orchestrator.evidence.analysis.patch import FilePatch
from orchestrator.model.events import Json
from orchestrator.model.reports.claims import UNKNOWN, Claim
from orchestrator.model.reports.regression import FeasibilityReport, Option


async def feasibility(desk: Desk) -> FeasibilityReport:
    """The four options, each with what it would take, and how far the change reaches."""
    verdict = desk.state.told("regression/verdict")
    good, bad = str(verdict.get("good_version", UNKNOWN)), str(verdict.get("bad_version", UNKNOWN))
    suspect = next(iter(verdict.get("suspects", ())), None)
    files, diff = await _between(desk, good, bad)
    release = way_back.Release(
        good=good,
        since=float(verdict.get("bad_since") or 0.0),
        configures=any(
            one["nearest"] and one["kind"] == "configuration" for one in verdict.get("changes", ())
        ),
        turned=next(
            (
                one
                for one in verdict.get("changes", ())
                if one["nearest"] and one["kind"] == "feature-flag"
            ),
            None,
        ),
        ran=await _was_deployed(desk, good),
    )
    rollback = await way_back.rollback(desk, release, files, diff)
    flag = way_back.flag(desk, release, files, diff)
    way = way_back.chosen(desk, release, rollback, flag)
    first = flag if way is not None and way.option == "feature-flag" else rollback
    name = "Setting the flag back" if first is flag else "Full rollback"
    desk.say(f"{name} is {first.feasibility}: {first.why.text}{_cited(first.why)}")
    level, why = blast(desk, files, diff)
    desk.say(f"Blast radius {level}: {why.text}{_cited(why)}")
    return FeasibilityReport(
        summary=Claim(
            text=f"{name} is {first.feasibility}: {first.why.text}",
            evidence=first.why.evidence,
            assumption=first.why.assumption,
        ),
        options=(rollback, await revert(desk, suspect, bad, diff), flag, _hotfix(suspect)),
        way=way,
        blast_radius=level,
        blast_why=why,
        unknown=tuple(desk.unknown),
    )


async def _between(desk: Desk, good: str, bad: str) -> tuple[list[FilePatch] | None, Filed]:
    repository = desk.repository()
    if repository is None or UNKNOWN in (good, bad):
        return None, Filed("")
    command = f"git -C {repository.path.name} diff {good[:12]} {bad[:12]}"
    desk.bench.call(command)
    diff = await desk.tried(repository.between(good, bad))
    if diff is None:
        return None, Filed("")
    files = patch.parse(diff)
    source = f"{repository.path.name} {good[:12]}..{bad[:12]}"
    summary = f"{plural(len(files), 'file')} differ between the versions"
    desk.bench.out(summary)
    return files, await desk.file(Observation("code", source, command, summary, diff))


async def _was_deployed(desk: Desk, good: str) -> str:
    """Where the deploy log says that the earlier version ran."""
    read = await desk.deploys()
    if read is None or good == UNKNOWN:
        return ""
    log, eid = read
    of = log.of(desk.state.service)
    ran = [d for d in of if good in (d.version, d.previous)]
    return f"{eid}:{ran[0].line}" if ran else ""


def _hotfix(suspect: Json | None) -> Option:
    if suspect is None or not suspect.get("why"):
        why = assumed("The cause is not known well enough to fix it forward.")
        return Option(
            name="hotfix", feasibility="BLOCKED", why=why, minutes="30-120", data_loss=UNKNOWN
        )
    first = suspect["why"][0]
    why = Claim(text=f"Where to fix is known: {first['text']}", evidence=tuple(first["evidence"]))
    return Option(name="hotfix", feasibility="RISKY", why=why, minutes="30-120", data_loss="none")


def _cited(why: Claim) -> str:
    return "".join(f" [{item}]" for item in why.evidence[:2])
