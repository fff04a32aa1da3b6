"""The role of the learner: hold micro-credentials, see what they add up to, share them.

A wallet belongs to the people in it: nothing of it is shown to anybody unless they share it, and
they can take all of it away, or have all of it deleted.
"""
