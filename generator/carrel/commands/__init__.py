"""The commands of `carrel`, one module each.

A module has `SUMMARY`, a sentence for the list of commands; `add_arguments(parser)`; and
`run(arguments)`, which returns the exit code. It is imported whenever the command line is read, so
what a command works with is imported inside `run`.
"""
