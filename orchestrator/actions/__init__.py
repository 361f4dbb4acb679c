"""Changes to production: cards bound to exact bytes, an executor that looks first, and probes."""
