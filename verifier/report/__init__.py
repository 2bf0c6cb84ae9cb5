"""Reports: everything that is told about a run, in words or for machines. Rendering only.

A renderer is a function from one frozen `Run` to text (or bytes): it decides nothing, and the same
run gives the same bytes. Text that comes from the network or the specification passes through
`verifier.report.shown` on its way out, in every format.
"""

from verifier.report.run import Run, exit_code, worst

__all__ = ["Run", "exit_code", "worst"]
