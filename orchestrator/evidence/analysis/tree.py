"""Python source as a tree, one text at a time.

CPython counts the depth of a tree it builds for all threads together: where garbage is collected in
the middle and another thread builds one too, `ast.parse` raises SystemError on sound source.
"""

import ast
import threading

_ONE_AT_A_TIME = threading.Lock()


def tree(text: str) -> ast.Module | None:
    """The tree of a text; None where it is no Python this interpreter reads."""
    try:
        with _ONE_AT_A_TIME:
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
