"""Text in telemetry that speaks to whoever reads it: found, pointed out to people, never followed.

A pure detector. It tells a person where somebody tries to steer an agent; nothing rests on it, for
agents get evidence as data and can only propose. Ordinary logs should not set it off.
"""

import re
import unicodedata
from dataclasses import dataclass

import re2  # type: ignore[import-untyped]

MOST = 20
"""Findings named of one item; a flood says no more than its beginning."""

_AGENT = r"(?:ai|llm|assistant|agent|chatbot|(?:language )?model|copilot|responder bot)"
_TOOLS = (
    r"(?:sudo |kubectl (?:delete|scale|drain|exec|apply|cordon|patch)|rm -[rf]|helm (?:uninstall|"
    r"delete|rollback|upgrade)|terraform (?:destroy|apply)|(?:drop|truncate) (?:table|database)|"
    r"delete from|curl |wget |bash -|sh -c|shutdown|reboot|systemctl (?:stop|disable)|mkfs|dd if=|"
    r"docker (?:rm|kill|stop)|git (?:push|reset)|aws \S+ (?:delete|terminate|stop)|"
    r"gcloud .{0,40}delete|chmod 777|warroom )"
)

_KINDS: tuple[tuple[str, str], ...] = (
    (
        "tells agents to drop their instructions",
        r"(?:ignore|disregard|forget|override|bypass)[ \t]+(?:(?:all|any|the|your|my|of|these|those"
        r"|everything|previous|prior|above|earlier|preceding|former|existing|safety|system|other)"
        r"[ \t,]+){1,5}(?:instructions?|prompts?|rules|guidelines|directions|policies|guardrails"
        r"|directives)|(?:new|updated|revised|real) (?:system )?instructions?[ \t]*(?:for (?:the )?"
        rf"{_AGENT})?[ \t]*:|do not follow (?:your|the|any) (?:previous |prior )?(?:instructions"
        r"|rules|guidelines)",
    ),
    (
        "gives the reader a role",
        rf"\bas an? (?:{_AGENT})\b[ \t,]+(?:language|i\b|you\b|my|your|it is)|\byou are (?:now )?"
        rf"(?:an? |the )?(?:helpful |unrestricted |autonomous |sre |devops )*{_AGENT}\b"
        rf"|\byou are (?:chatgpt|claude|gemini|gpt-\d)|\b(?:act|behave|respond) as (?:if you (?:are"
        rf"|were) )?(?:an? |the )?(?:{_AGENT}|system administrator|root user)\b"
        rf"|\b(?:attention|(?:note|message|instructions?)(?: to| for))(?: the| all| any)? "
        rf"{_AGENT}s?\b|\bdear {_AGENT}\b"
        r"|\bdeveloper mode (?:is )?(?:on|enabled)\b|\bdo anything now\b",
    ),
    (
        "looks like a system prompt",
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[/?INST\]|<</?SYS>>|</?(?:"
        r"system|assistant|system-reminder|system_prompt|instructions|user_query)>"
        r"|^[ \t]*#{2,4}[ \t]*(?:system|instruction|assistant|human)s?[ \t]*:|(?:begin|end|start of"
        r"|end of) (?:the )?system (?:prompt|message|instructions)|(?:reveal|print|show|repeat"
        r"|output|leak)[ \t]+(?:me )?(?:your|the) (?:system |hidden |initial )*(?:prompt"
        r"|instructions)|\b(?:role)\\?[\"']?[ \t]*:[ \t]*\\?[\"']system\\?[\"']",
    ),
    (
        "looks like a tool call",
        r"\\?[\"'](?:tool_calls?|function_call|tool_use|tool_input|tool_choice)\\?[\"'][ \t]*:"
        r"|\\?[\"']type\\?[\"'][ \t]*:[ \t]*\\?[\"'](?:tool_use|function_call|tool_result)\\?[\"']"
        r"|</?(?:tool_call|tool_use|function_calls?|invoke|tool_result)\b[^>]{0,80}>"
        r"|\\?[\"']method\\?[\"'][ \t]*:[ \t]*\\?[\"']tools/call",
    ),
    (
        "tells the reader to run a command",
        r"(?:\b(?:please|now|must|should|immediately|then|to fix (?:this|it),?|first,?|just|you"
        r"(?: can| need to)?|and|operator|admin)[ \t:,]+|^\W{0,8}|[.!:;>\"'*#][ \t]*)(?:run|execute"
        r"|type|paste|issue|invoke)(?: the)?(?: following)?(?: command)?[ \t:]{1,3}[`\"'$ \\]{0,4}"
        rf"{_TOOLS}",
    ),
    (
        "asks for an approval or for silence",
        r"\b(?:approve|accept|confirm|grant)[ \t]+(?:this|the|all|every|any)[ \t]+(?:pending )?"
        r"(?:approvals?|changes?|actions?|rollbacks?|commands?)\b(?=.{0,60}(?:immediately|now"
        r"|without|automatically|at once))|\b(?:run|execute|apply|approve|deploy|proceed|continue"
        r"|act)\b.{0,60}\bwithout[ \t]+(?:asking|waiting for|any|human|further)[ \t]*(?:for |an? "
        r"|any |human |user |further )*(?:approval|confirmation|permission|review|questions?"
        r"|the user|anyone)\b|\bdo not (?:tell|inform|alert|warn|mention this to|notify)"
        r" (?:the )?(?:user|human|operator|on-call|engineer|anyone)"
        r"|\bsend (?:me |all |the |your )*(?:secrets"
        r"|credentials|api keys|environment variables|env vars|tokens) to\b",
    ),
)
_EACH = tuple((kind, re.compile(rf"(?i){pattern}")) for kind, pattern in _KINDS)
_ANCHOR = re2.compile(
    rb"(?i:(?:instructions?|prompts?|rules|guidelines|directions|policies|guardrails|directives"
    rb"|developer mode|anything now|language model|approval|confirmation|permission)\b"
    rb"|(?:act|behave|respond) as |you are |as an? (?:ai|llm|assistant|agent|chatbot|model)"
    rb"|(?:attention|note|message|to|for|all|any|the|dear) (?:ai|llm|assistant|agent|chatbot"
    rb"|model|copilot|responder)|<\||\[/?inst\]|<</?sys>>|</?(?:system|assistant|instructions"
    rb"|user_query|tool|function|invoke)|#[ \t]*(?:system|instruction|assistant|human)"
    rb"|tool_(?:call|use|input|choice|result)|function_call|tools/call|role\\?[\"']?[ \t]*:"
    rb"|(?:run|execute|type|paste|issue|invoke|command|following)[ \t:]{1,3}[`\"'$ \\]{0,4}"
    rb"(?:sudo|kubectl|rm|helm|terraform|drop|truncate|delete|curl|wget|bash|sh|shutdown"
    rb"|reboot|systemctl|mkfs|dd|docker|git|aws|gcloud|chmod|warroom)[ \t\-]"
    rb"|(?:approve|accept|confirm|grant)[ \t]+(?:this|the|all|every|any)|without[ \t]+(?:asking"
    rb"|waiting|any|human|further)|do not (?:tell|inform|alert|warn|mention|notify|follow)"
    rb"|send (?:me |all |the |your )*(?:secrets|credentials|api keys|env|tokens))[^\n]*"
)
_LONGEST = 4096
"""Characters of one line that are looked at: what speaks to a reader is readable."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line that reads like an instruction."""

    line: int
    """from 1, as citations count"""
    what: str

    def __str__(self) -> str:
        return f"line {self.line} {self.what}"


def instructions_in(text: str) -> tuple[Instruction, ...]:
    """Lines of cleaned text that speak to whoever reads them, in order, MOST at most."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)  # full-width letters are letters
    body = text.encode("utf-8", "replace")
    found: list[Instruction] = []
    number, read = 1, 0
    for match in _ANCHOR.finditer(body):
        number += body.count(b"\n", read, match.start())
        read = match.start()
        start = body.rfind(b"\n", 0, read) + 1
        line = body[start : match.end()].decode("utf-8", "replace")[:_LONGEST]
        what = next((kind for kind, pattern in _EACH if pattern.search(line)), "")
        if what:
            found.append(Instruction(number, what))
        if len(found) == MOST:
            break
    return tuple(found)
