"""What the workbench shows: a small course for each state. Read by ``workbench_scenarios``."""

COMPETENCY = [
    (
        "Quoin: by completion",
        """<vertical_demo>
             <quoin_competency display_name="Data cleaning" competency_id="cleaning"
               mode="watched" watch_scope="unit"/>
             <quoin_progress display_name="My microcredentials"/>
           </vertical_demo>""",
    ),
    (
        "Quoin: by checklist",
        """<quoin_competency display_name="Honest charts" competency_id="charts"
             mode="checklist" checklist='["A bar chart", "A line chart"]'/>""",
    ),
    (
        "Quoin: by attestation",
        """<quoin_competency display_name="Data ethics" competency_id="ethics"
             mode="attestation"/>""",
    ),
    ("Quoin: nothing chosen yet", "<quoin_competency/>"),
]

PROGRESS = [
    ("Quoin: all stacks", '<quoin_progress display_name="My microcredentials"/>'),
    (
        "Quoin: one stack",
        '<quoin_progress display_name="Data explorer" stack_id="data-explorer"/>',
    ),
]
