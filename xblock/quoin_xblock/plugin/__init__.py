"""The part of Quoin that lives in the LMS: events become completions, which are sent to the tool.

The way of one event, each step in a file of its own:

    apps         says to the LMS which signals are wanted; leaves out those that it lacks
    receivers    called by the LMS inside its own request; never break it
    facts        an event in our words (pure)
    mapping      what a fact means for competencies, by the rules of the course (pure)
    course_rules the rules: of the course team (Studio) and of the operator (settings)
    recording    what is new in it goes into the outbox, in the request's own transaction
    outbox       one row for each completion; after the commit a Celery task is queued
    delivery     what follows from an answer of the tool: done, again, dead letter (pure)
    batches      takes what is due and sends it
    results      notes what became of it, and how long the tool is left alone
    sending      signs and posts, with the standard library

Everything here imports Django and the platform; nothing outside this package imports it, except
that the block calls ``outbox.enqueue`` where the plugin is installed.
"""
