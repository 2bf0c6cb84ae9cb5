"""Snapshots as the AWS CLI prints them, with planted mistakes, through the real command.

The JSON is written from the shapes of AWS's API, by code that knows nothing of the reader or the
model. Each module is one part of a network: what is right is proved, and each mistake that people
make turns a verdict, which was written down before it was run.
"""
