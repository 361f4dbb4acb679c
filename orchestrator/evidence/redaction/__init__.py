"""Secrets out of text, before a disk, a screen, a document or a model sees it."""

from orchestrator.evidence.redaction.mark import MARK
from orchestrator.evidence.redaction.redact import redact

__all__ = ["MARK", "redact"]
