"""When a clause was met: a table for each part of a network (`crosscheck.coverage` joins them)."""
