"""The command line: one file a command, and how the program ends."""
