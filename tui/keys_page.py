"""The page of keys, `docs/keys.md`, written from the key map: `python -m tui.keys_page`."""

from tui.keymap import GROUPS, REGISTRY, Key
from tui.rebinding import FIXED

HEAD = """\
# Keys

Written by `make keys` from `tui/keymap.py`; a test keeps it current. A key means the same on every
screen. Lower case looks, upper case acts on the incident, digits focus panes; decisions about
production exist only inside an open card. `?` shows the keys of a screen, `ctrl+p` finds by name
what can be done.

Every key but the digits can be given others under `[console.keys]`, by its id
([settings](settings.md#the-console)).
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for group, title in GROUPS:
        rows = [_row(key) for key in REGISTRY if key.group == group]
        parts.append(
            "\n".join([f"## {title}\n", "| key | id | what it does |", "|---|---|---|", *rows])
        )
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _row(key: Key) -> str:
    identity = "" if key.id in FIXED else f"`{key.id}`"
    return f"| `{key.label}` | {identity} | {key.tooltip} |"


if __name__ == "__main__":
    print(page(), end="")
