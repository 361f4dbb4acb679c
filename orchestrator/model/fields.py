"""Fields of the documents that anybody may fill with an answer, though no work asked for them."""

FIELDS: dict[str, str] = {
    "affected users": "How many users are affected?",
    "business impact": "What does this mean for the business?",
    "compliance": "Is there a legal or contractual duty to report this?",
    "code review": "Who reviewed the change, and how?",
    "dashboard": "Which dashboard shows it?",
    "data loss": "Was data lost or damaged?",
    "deployment safety": "What guarded the deployment, and why did it not hold?",
    "eta": "When will it be over?",
    "failed transactions": "How many transactions failed?",
    "reputation": "Is this seen in public, or likely to be?",
    "revenue": "What does this cost?",
    "user safety": "Is anybody's safety at risk?",
}
"""Field → its question, in the words a person is asked with."""
