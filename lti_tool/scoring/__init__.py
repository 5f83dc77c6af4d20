"""What goes into bringing a score to a gradebook, in the order in which it happens.

``jobs`` gathers what is to be sent and what stands against it; ``columns`` finds, makes and
changes the gradebook column; ``standing`` asks which grade stands there and whose it is;
``verdicts`` says what follows from an answer. ``services/send_score.py`` calls them.
"""
