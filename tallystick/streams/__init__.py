"""Many documents at once: lines of a stream or files of a folder, on all cores, in order.

What is done to a batch is a `Work` that can be handed to another process, on this machine
(`processes`) or another one (`cluster`); results come back in the order of what went in, and no
more batches are under way than keep everybody busy.
"""
