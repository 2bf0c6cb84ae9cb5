"""Kinds of ways through a network, and how a packet is led along each."""
