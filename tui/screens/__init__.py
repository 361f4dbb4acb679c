"""Screens: layout and message routing, each with its stylesheet beside it."""
