"""The blocks of Quoin for Open edX: competencies and the progress in stacks, inside a course.

    competency_block   records that a learner met a competency, where it is learnt
    progress_block     shows where a learner stands in the stacks

The modules they are made of, from the outside to the inside: ``pages`` and ``editor`` (what is
seen), ``handing_over`` and ``looking`` (what is sent and asked), ``client`` (the tool, over HTTP),
``evidence`` and ``standing`` (decisions, pure), ``compat`` (whatever is imported from the LMS).
"""
