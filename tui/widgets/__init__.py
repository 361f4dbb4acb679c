"""Widgets: one region of a screen each; data comes in, facts go up as messages."""
