"""The checks: one small pure question about a message a file, answered in sentences a shop can act on."""
