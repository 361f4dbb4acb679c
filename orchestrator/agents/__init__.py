"""Agents contribute, code decides: roles, the contract they work under, and their backends."""
