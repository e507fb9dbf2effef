"""Measures: speed and size of the started system, as ratios to a bare server in the same run."""
