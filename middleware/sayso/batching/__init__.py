"""Runs of many from a file: its rows read and filled into a template, taken, handed over, and accounted for."""
