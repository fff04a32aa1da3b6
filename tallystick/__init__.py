"""The composition root: the command `tallystick`, its settings, and the demonstration.

The only room that knows every role.  Clock, files, environment and terminal are touched here and
handed to the others.
"""
