"""What names of functions say about taking and giving back, in any code base. Pure."""

import ast
import re

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

TAKE = frozenset(
    {"acquire", "checkout", "borrow", "lease", "take", "obtain", "reserve", "grab", "connect"}
    | {"open", "begin", "lock", "rent", "claim", "checked", "lend"}
)
GIVE = frozenset(
    {"release", "close", "put", "putconn", "return", "returned", "give", "giveback", "free"}
    | {"checkin", "dispose", "restore", "recycle", "relinquish", "exit", "unlock", "shutdown"}
    | {"disconnect", "aclose", "destroy", "surrender"}
)
_HELD = frozenset({"conn", "connection", "session", "cursor", "handle", "lock", "slot", "socket"})
_STORES = frozenset({"pool", "lease", "slot", "semaphore", "connection"})
NO_RESOURCE = frozenset(
    {"suppress", "closing", "ExitStack", "AsyncExitStack", "nullcontext", "raises", "patch"}
    | {"redirect_stdout", "redirect_stderr", "catch_warnings", "subTest", "assertRaises", "timeout"}
)


def parts(name: str) -> list[str]:
    """`getConn`, `get_conn`, `GET_CONN` → get, conn."""
    return [part.lower() for part in _PARTS.findall(name)]


def called(call: ast.Call) -> str:
    """The last name of what is called: `self.pool.acquire()` → acquire."""
    target = call.func
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""


def receiver(call: ast.Call) -> str:
    """What it is called on, as text: `self.pool.acquire()` → self.pool."""
    return ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""


def takes(name: str, on: str = "") -> bool:
    """Whether a call by this name usually hands out something that must be given back."""
    said = parts(name)
    if not said or said[0] in ("is", "has", "can", "on", "log", "set", "release", "close"):
        return False
    if TAKE & set(said[:2]) or (said[0][:3] == "get" and said[0][3:] in _HELD):
        return True
    if said[0] in ("get", "make", "new", "next", "fetch", "pop") and len(said) > 1:
        return bool(_HELD & set(said[1:]))
    if said[0] in ("get", "pop", "next"):
        return bool(_STORES & {part.rstrip("s") for part in parts(on.rpartition(".")[2])})
    return False


def gives(name: str) -> bool:
    """Whether a call by this name usually gives something back."""
    said = parts(name)
    if not said or said[0] in ("is", "has", "on", "log"):
        return False
    return bool(GIVE & set(said[:2])) or said[:2] in (["hand", "back"], ["check", "in"])
