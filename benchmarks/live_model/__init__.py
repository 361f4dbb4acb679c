"""`make live-model`: a drill with a real model behind an endpoint shaped like Claude's."""
