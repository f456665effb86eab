"""Tests of what trains and measures."""
