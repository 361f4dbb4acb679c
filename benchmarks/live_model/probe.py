"""Ten questions of an on-call engineer, with three tools on offer: asked through the SDK, measured.

It shows that the endpoint speaks the protocol before a drill is spent on it.
"""

import json
import time
from pathlib import Path
from typing import Any

TOOLS: list[dict[str, Any]] = [
    {
        "name": name,
        "description": description,
        "strict": True,
        "input_schema": {
            "type": "object",
            "properties": {field: {"type": "string"} for field in fields},
            "required": list(fields),
            "additionalProperties": False,
        },
    }
    for name, description, fields in (
        ("search_logs", "Search the logs of a service for a pattern.", ("service", "pattern")),
        ("list_deploys", "List recent deployments of a service.", ("service",)),
        ("read_metric", "Read one metric of a service, such as p95.", ("service", "metric")),
    )
]

ASKED = (
    ("Search the logs of orders for PoolTimeout.", "search_logs"),
    ("What was deployed to checkout recently?", "list_deploys"),
    ("What is the p95 latency of payments?", "read_metric"),
    ("Find lines with 'connection refused' in the logs of search.", "search_logs"),
    ("Which version of orders went live last?", "list_deploys"),
    ("Read the error rate of the cart service.", "read_metric"),
    ("Are there tracebacks in the logs of billing?", "search_logs"),
    ("List the deployments of the inventory service.", "list_deploys"),
    ("How saturated is the pool of orders? Read its metric in_use.", "read_metric"),
    ("Look for OutOfMemory in what the worker service logged.", "search_logs"),
)

SYSTEM = "You investigate an incident. Use one tool to answer."

CLAIM = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "assumption": {"type": "boolean"}},
    "required": ["text", "assumption"],
    "additionalProperties": False,
}
TURNED = ({"temperature": 0}, {"tool_choice": {"type": "any"}}, {"thread": {"id": "x"}})
"""What the API refuses today and used to take."""


def probe(url: str, model: str, key: str, pid: int) -> list[str]:
    """A line for each thing tried. `pid`: whose memory is read; 0 for nobody's."""
    import anthropic

    client = anthropic.Anthropic(api_key=key, base_url=url, max_retries=1)
    called = right = fits = written = 0
    seconds = 0.0
    first: list[float] = []
    for question, wanted in ASKED:
        begun = time.perf_counter()
        spoke = 0.0
        with client.messages.stream(
            model=model,
            max_tokens=200,
            system=SYSTEM,
            tools=TOOLS,  # type: ignore[arg-type]
            messages=[{"role": "user", "content": question}],
        ) as stream:
            for event in stream:
                if event.type == "content_block_delta" and not spoke:
                    spoke = time.perf_counter()
            answer = stream.get_final_message()
        ended = time.perf_counter()
        first.append((spoke or ended) - begun)
        seconds += ended - (spoke or begun)
        written += answer.usage.output_tokens
        calls = [block for block in answer.content if block.type == "tool_use"]
        called += bool(calls)
        right += bool(calls) and calls[0].name == wanted
        fits += bool(calls) and _fits(calls[0].name, calls[0].input)
    lines = [
        f"tool calls: {called} of {len(ASKED)}, right tool {right}, fitting its schema {fits}",
        f"first piece after {min(first):.2f} to {max(first):.2f} s,"
        f" then {written / seconds:.1f} tokens/s",
        f"answer by schema, tools on offer and none allowed: {_by_schema(client, model)}",
        *(f"{next(iter(extra))}: {_refused(client, model, extra)}" for extra in TURNED),
    ]
    return lines + ([f"memory of the engine: {_memory(pid)}"] if pid else [])


def _fits(name: str, given: object) -> bool:
    """Every field the tool asks for, as text, and no other."""
    schema = next((tool["input_schema"] for tool in TOOLS if tool["name"] == name), None)
    if schema is None or not isinstance(given, dict):
        return False
    return given.keys() == schema["properties"].keys() and all(
        isinstance(value, str) for value in given.values()
    )


def _by_schema(client: Any, model: str) -> str:
    with client.messages.stream(
        model=model,
        max_tokens=200,
        tools=TOOLS,
        tool_choice={"type": "none"},
        output_config={"format": {"type": "json_schema", "schema": CLAIM}},
        messages=[{"role": "user", "content": "State that the pool of orders is exhausted."}],
    ) as stream:
        said = "".join(stream.text_stream)
        reason = stream.get_final_message().stop_reason
    try:
        fits = json.loads(said).keys() == CLAIM["properties"].keys()  # type: ignore[attr-defined]
    except ValueError:
        fits = False
    return f"{'fits' if fits else 'does not fit'}, {reason}"


def _refused(client: Any, model: str, extra: dict[str, Any]) -> str:
    import anthropic

    try:
        client.messages.create(
            model=model,
            max_tokens=8,
            tools=TOOLS,
            messages=[{"role": "user", "content": "hi"}],
            extra_body=extra,
        )
    except anthropic.APIStatusError as error:
        return f"{error.status_code} {error.type}"
    return "taken"


def _memory(pid: int) -> str:
    """Resident now and at most, as the kernel says."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = dict(line.split(":", 1) for line in status)
    return f"{found['VmRSS'].strip()}, at most {found['VmHWM'].strip()}"
