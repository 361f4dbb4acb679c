"""Whether a project is fit for an incident: every source, action and person, looked at now."""
