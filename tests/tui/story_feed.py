"""A feed that stands at one moment of the story: what a live console would have read by then."""

from pathlib import Path

from orchestrator.project import IncidentFolder
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import story, write_incident
from tui.replay import Player, load


class StoryFeed(Player):
    """The saved story under a playhead that stands still until `at` is called; counts as live."""

    live = True

    def at(self, seconds: float) -> "StoryFeed":
        """Stand `seconds` after detection."""
        self.seek(T0 + seconds)
        return self

    def on(self, seconds: float) -> None:
        """Let time pass without a jump, as it does live."""
        self.playing, self.speed = True, 1.0
        self.tick(seconds)


def story_feed(root: Path, seconds: float) -> StoryFeed:
    """The story written below `root`, as it was `seconds` after detection."""
    write_incident(root, story())
    player = load(IncidentFolder(root / "INC-2031"))
    return StoryFeed(
        player.events, {key: player._tracks[key].lines for key in player.tasks}, player.folder
    ).at(seconds)
