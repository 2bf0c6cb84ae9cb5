"""Relays against brute force, on the networks of the main cross-check.

The oracle (`oracle.py`) knows the clauses LB-1 to LB-15 in its own words and nothing of
`verifier.verify`: it sends every packet that could matter through the evaluator, sees where it
comes, and what a balancer there sends on, until nothing new comes anywhere. It decides a question
with all gaps closed and with all open, or says that it would take too long. The theorem:

> `never` is REFUTED iff a flow exists with all gaps closed, PROVED iff none does with all open.
"""
