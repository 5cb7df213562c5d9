"""``citizen-portal doctor``: looks at what the portal stands on, and says what to do.

It asks and changes nothing. What is wrong with one thing keeps nobody from looking at the others.
"""
