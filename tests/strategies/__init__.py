"""Random networks, questions and probes: one file per resource, one home for strategies."""
