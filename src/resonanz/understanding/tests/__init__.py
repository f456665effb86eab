"""Tests of resonanz.understanding."""
