"""Which lines say the same: by the logger's place where it is printed, else by their template.

Templates are mined by drain3-improved behind a cache of masked texts, for most lines repeat. Both
are bounded: of too many templates the one not heard for longest goes.
"""

import re
from typing import TYPE_CHECKING

from orchestrator.evidence.analysis.masking import mask
from orchestrator.evidence.hygiene import clean

if TYPE_CHECKING:
    from drain3.drain import Drain

MOST = 2_000
"""Templates that are known at once."""

ALIKE = 0.7
"""Share of equal words from which two lines of one length are one template. Higher than drain3's
own 0.4: numbers and names are masked before, so what still differs is mostly meant."""

DEPTH = 5
"""Levels of the search tree: root, number of words, the first two words (the first is the mark of a
complaint where it is one), leaf."""

_CACHED = 4_096
"""Masked texts kept in front of drain3. All are asked again whenever half of its templates may be
new ones: that is how it learns which of the old ones are still heard."""

_BAD, _MARK = "!", "\x00"
_PLACE = re.compile(
    r"(?<![\w.$/-])([A-Za-z_$][\w$]*(?:[./][\w$]+)*(?:#|\.(?:py|go|java|js|ts|rb|kt|cs|php):)\d+)(?!\w)"
)
_PLACED = re.compile(r"#\d|\.(?:py|go|java|js|ts|rb|kt|cs|php):\d")


def place(text: str) -> str:
    """Where in the code a line was logged (`Class#12`, `file.py:12`); empty where not printed."""
    if _PLACED.search(text, 0, 200) is None:  # much cheaper, and nearly always settles it
        return ""
    found = _PLACE.search(text, 0, 200)
    return found.group(1) if found is not None else ""


class Grouping:
    """Gives each text the key of what it says. Texts come without secrets; nothing else is kept."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._drain: Drain | None = None
        self._known: dict[str, str] = {}
        self._asked = 0
        """templates there had been when the cache was emptied last"""

    def key(self, text: str, bad: bool = False) -> str:
        """The place, or a template's own mark. A complaint never shares one with what is none."""
        where = place(text)
        if where:
            return where
        masked = mask(text)
        if bad:
            masked = f"{_BAD} {masked}"
        key = self._known.get(masked)
        return key if key is not None else self._mined(masked)

    def template(self, key: str) -> str:
        """What a key stands for, as far as the template is still known."""
        if not key.startswith(_MARK):
            return key
        cluster = self._miner().id_to_cluster.get(int(key[1:]))
        text = cluster.get_template() if cluster is not None else ""
        return clean(text.removeprefix(_BAD).strip())

    @property
    def forgotten(self) -> int:
        """Templates that were given up for newer ones."""
        return max(0, self._drain.clusters_counter - self._most) if self._drain is not None else 0

    def _mined(self, masked: str) -> str:
        drain = self._miner()
        cluster, _ = drain.add_log_message(masked)
        if len(self._known) >= _CACHED or drain.clusters_counter - self._asked > self._most // 2:
            self._known.clear()
            self._asked = drain.clusters_counter
        key = self._known[masked] = f"{_MARK}{cluster.cluster_id}"
        return key

    def _miner(self) -> "Drain":
        if self._drain is None:
            from drain3.drain import Drain

            self._drain = Drain(depth=DEPTH, sim_th=ALIKE, max_clusters=self._most)
        return self._drain
