"""Secrets known by their own shape. Their prefix stays: it says whose they were.

Beside our own shapes stand the pattern plugins of detect-secrets, compiled by re2 so that no line
can make them slow. Its entropy plugins are never used: they take every hash for a secret.
"""

import re
from functools import cache
from importlib import import_module
from typing import Any

import re2  # type: ignore[import-untyped]

from orchestrator.evidence.redaction.mark import MARK

_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"(?<![\w-])(eyJ)[\w-]{6,4096}\.[\w-]{6,8192}(?:\.[\w-]{0,4096}){0,3}",
        r"\b(AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16}\b",
        r"\b(gh[pousr]_|github_pat_)\w{20,255}",
        r"\b(gl(?:pat|dt|ft|soat|rt|cbt|imt|ptt|agent)-)[\w-]{20,1024}",
        r"\b(GR1348941)[\w-]{20,50}",
        r"\b(xox[a-z]-|xapp-)[A-Za-z0-9-]{10,255}",
        r"(hooks\.slack\.com/(?:services|workflows)/)[\w/]{12,255}",
        r"(discord(?:app)?\.com/api/webhooks/\d{1,24}/)[\w-]{20,255}",
        r"\b([sr]k_(?:live|test)_|whsec_)[A-Za-z0-9+/=]{16,255}",
        r"\b(SK|AC)[0-9a-f]{32}\b",
        r"\b(SG\.)[\w-]{16,64}\.[\w-]{16,128}",
        r"\b(npm_)[A-Za-z0-9]{30,255}",
        r"(_authToken=)[^\s\[]{8,255}",
        r"\b(pypi-)[\w-]{32,1024}",
        r"\b(dckr_pat_|do[por]_v1_|hv[sbr]\.|glsa_|lin_api_|NRAK-|hf_|shp(?:at|ss|ca|pa)_)\w{20,255}",
        r"\b(sk-(?:ant-|proj-|live-)?)[\w-]{32,255}",
        r"\b(AIza)[\w-]{35}(?![\w-])",
        r"\b(ya29\.|GOCSPX-)[\w.-]{20,1024}",
        r"(?<![\w~.-])([\w~.-]{3}\dQ~)[\w~.-]{30,40}",
        r"\b(sq0(?:csp|atp|idp)-)[\w-]{22,64}",
        r"\b(key-)[0-9a-z]{32}\b",
        r"\b(dapi)[0-9a-f]{32}\b",
        r"\b(AGE-SECRET-KEY-1)[A-Z0-9]{50,64}",
        r"(?<!\d)(\d{8,10}:)AA[\w-]{33}(?![\w-])",
        r"(\$(?:1|2[abxy]|5|6|y|apr1|argon2\w{0,2})\$)[\w./$=,+-]{20,255}",
    )
)

_PLUGINS = {
    "artifactory": "ArtifactoryDetector",
    "aws": "AWSKeyDetector",
    "azure_storage_key": "AzureStorageKeyDetector",
    "cloudant": "CloudantDetector",
    "discord": "DiscordBotTokenDetector",
    "github_token": "GitHubTokenDetector",
    "gitlab_token": "GitLabTokenDetector",
    "ibm_cloud_iam": "IbmCloudIamDetector",
    "ibm_cos_hmac": "IbmCosHmacDetector",
    "mailchimp": "MailchimpDetector",
    "npm": "NpmDetector",
    "openai": "OpenAIDetector",
    "pypi_token": "PypiTokenDetector",
    "sendgrid": "SendGridDetector",
    "slack": "SlackDetector",
    "softlayer": "SoftlayerDetector",
    "square_oauth": "SquareOAuthDetector",
    "stripe": "StripeDetector",
    "twilio": "TwilioKeyDetector",
}
_SHORTEST = 12
"""Characters of a group that can be the secret itself; a shorter one is only its prefix."""


def hide_tokens(line: str) -> tuple[str, int]:
    """The line without tokens that are known by their shape, and how many there were."""
    count = 0
    for shape in _SHAPES:
        line, found = shape.subn(_prefix_kept, line)
        count += found
    if _any_plugin().search(line) is not None:
        for pattern in plugin_patterns():
            line, found = _without(pattern, line)
            count += found
    return line, count


def _prefix_kept(match: re.Match[str]) -> str:
    return f"{match.group(1)}{MARK}"


def _without(pattern: Any, line: str) -> tuple[str, int]:
    kept: list[str] = []
    done = 0
    for match in pattern.finditer(line):
        start, end = match.span()
        for group in range(1, pattern.groups + 1):
            first, last = match.span(group)
            if last - first >= _SHORTEST:
                start, end = first, last
        if MARK in match.group() or not any(c.isdigit() for c in line[start:end]):
            continue
        kept += [line[done:start], MARK]
        done = end
    return "".join([*kept, line[done:]]), len(kept) // 2


@cache
def plugin_patterns() -> tuple[Any, ...]:
    """The plugins' patterns; imported at the first suspicious line, for the import takes long."""
    found = []
    for module, name in _PLUGINS.items():
        plugin = getattr(import_module(f"detect_secrets.plugins.{module}"), name)
        for pattern in plugin.denylist:
            found.append(re2.compile(linear(pattern)))
    return tuple(found)


@cache
def _any_plugin() -> Any:
    """All of them in one pass, for most lines have none."""
    return re2.compile("|".join(f"(?:{pattern.pattern})" for pattern in plugin_patterns()))


def linear(pattern: re.Pattern[str]) -> str:
    """A pattern as re2 takes it: what it looks at but does not take becomes part of the match."""
    text = pattern.pattern.replace(r"(?:(?<=\W)|(?<=^))", r"(?:\W|^)")
    text = text.replace(r"(?<![A-Z0-9])", r"(?:[^A-Z0-9]|^)").replace(r"(?<!\w)", r"(?:\W|^)")
    text = re.sub(r"\(\?!(\[[^\]]+\]|\\w)\)", r"(?:\\b|$)", text)
    text = re.sub(r"\{(\d+),1024\}", r"{\1,1000}", text)  # re2 counts to 1,000
    return f"(?i:{text})" if pattern.flags & re.IGNORECASE else text
